//! Bundles the scripts and styles in `web/` and lists them for `assets.rs`.
//!
//! Needs Node 20 or later; says so when it is missing. Nothing is fetched at run time.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

fn main() {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR").expect("set by cargo"));
    let web = root.join("../../web");
    let out = PathBuf::from(env::var("OUT_DIR").expect("set by cargo")).join("assets");
    for watched in ["src", "build.mjs", "package.json", "package-lock.json"] {
        println!("cargo::rerun-if-changed={}", web.join(watched).display());
    }
    println!(
        "cargo::rerun-if-changed={}",
        root.join("templates").display()
    );
    if let Err(reason) = bundle(&web, &out) {
        println!("cargo::error=the pages' scripts and styles could not be built: {reason}");
        println!(
            "cargo::error=install Node 20 or later with npm (see README.md), then build again"
        );
        return;
    }
    if let Err(error) = list(&out) {
        println!("cargo::error=the built scripts and styles could not be listed: {error}");
    }
}

fn bundle(web: &Path, out: &Path) -> Result<(), String> {
    let lock = modified(&web.join("package-lock.json"));
    if modified(&web.join("node_modules/.package-lock.json")) < lock {
        run(
            Command::new("npm").args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]),
            web,
        )?;
    }
    run(Command::new("node").arg("build.mjs").arg(out), web)
}

fn run(command: &mut Command, at: &Path) -> Result<(), String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let done = command
        .current_dir(at)
        .output()
        .map_err(|error| format!("{name}: {error}"))?;
    if done.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&done.stderr)
        .trim()
        .replace('\n', " | ");
    Err(format!("{name} ended with {}: {said}", done.status))
}

fn modified(path: &Path) -> Option<std::time::SystemTime> {
    fs::metadata(path).and_then(|known| known.modified()).ok()
}

/// Writes `assets.rs`: one entry for each file of the manifest, with its compressed twins.
fn list(out: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let manifest = fs::read_to_string(out.join("manifest.json"))?;
    let manifest: BTreeMap<String, String> = serde_json::from_str(&manifest)?;
    let mut code = String::from("const FILES: &[Asset] = &[\n");
    for (name, hashed) in manifest {
        let path = out.join(&hashed);
        let path = path.display();
        code.push_str(&format!(
            "    Asset {{ name: {name:?}, hashed: {hashed:?}, plain: include_bytes!({plain:?}), \
             gzip: include_bytes!({gzip:?}), brotli: include_bytes!({brotli:?}) }},\n",
            plain = path.to_string(),
            gzip = format!("{path}.gz"),
            brotli = format!("{path}.br"),
        ));
    }
    code.push_str("];\n");
    fs::write(out.join("assets.rs"), code)?;
    Ok(())
}
