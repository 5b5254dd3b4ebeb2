use std::path::Path;
use std::process::{Command, Output};

use crate::harness::TestApp;

fn luoshi(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_luoshi"))
        .args(args)
        .env_remove("LUOSHI_DATABASE")
        .output()
        .unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn import_01_extract_prints_json_and_a_table() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("方案.txt");
    std::fs::write(&file, luoshi_app::demo::sample_plan()).unwrap();
    let file = file.to_str().unwrap();
    let json = luoshi(&["plan", "extract", file, "--format", "json"]);
    assert!(json.status.success(), "{}", text(&json.stderr));
    let read: serde_json::Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!(read["title"], "云州市交通运输局2026年重点工作抓落实方案");
    assert_eq!(read["number"], "云交办〔2026〕8号");
    assert!(read["obligations"].as_array().unwrap().len() >= 25);
    let table = luoshi(&["plan", "extract", file]);
    assert!(
        text(&table.stdout).contains("规划建设科"),
        "{}",
        text(&table.stdout)
    );
}

#[test]
fn import_01_the_text_made_of_another_format_is_printed_and_places_count_in_it() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("任务.csv");
    std::fs::write(&file, "序号,任务,责任单位\n1,完成灯标更换,航道科\n").unwrap();
    let file = file.to_str().unwrap();
    let json = luoshi(&["plan", "extract", file, "--format", "json"]);
    assert!(json.status.success(), "{}", text(&json.stderr));
    let read: serde_json::Value = serde_json::from_slice(&json.stdout).unwrap();
    let made: Vec<char> = read["text"].as_str().unwrap().chars().collect();
    let found = &read["obligations"][0];
    let at = |name: &str| usize::try_from(found[name].as_u64().unwrap()).unwrap();
    let slice: String = made[at("start")..at("end")].iter().collect();
    assert_eq!(found["quote"], slice);
    assert_eq!(found["clause_path"], "1");
    assert_eq!(found["responsible"][0], "航道科");
}

#[test]
fn import_10_bad_input_ends_with_2_and_a_plain_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let big = vec![b'a'; 50_000_000];
    let cases: [(&str, &[u8]); 6] = [
        ("empty.txt", b""),
        ("blank.txt", b" \n\t\n"),
        ("binary.txt", &[0, 159, 146, 150, 0, 1, 2, 3]),
        ("scan.pdf", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"),
        ("big.txt", &big),
        (
            "noise.txt",
            &[0x81, 0xff, 0xfe, 0x90, 0xc3, 0x28, 0xa0, 0xa1, 0xff, 0xff],
        ),
    ];
    for (name, bytes) in cases {
        let file = folder.path().join(name);
        std::fs::write(&file, bytes).unwrap();
        let done = luoshi(&["plan", "extract", file.to_str().unwrap()]);
        assert_eq!(
            done.status.code(),
            Some(2),
            "{name}: {}",
            text(&done.stderr)
        );
        let said = text(&done.stderr);
        assert!(said.contains(name) && said.contains('。'), "{name}: {said}");
        assert!(done.stdout.is_empty(), "{name}");
    }
    let missing = luoshi(&["plan", "extract", "/no/such/file.txt"]);
    assert_eq!(missing.status.code(), Some(2));
}

#[test]
fn import_01_every_seed_is_read() {
    let seeds = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/seeds");
    let Ok(entries) = std::fs::read_dir(&seeds) else {
        eprintln!("skipped: no seed texts beside this checkout");
        return;
    };
    for entry in entries {
        let path = entry.unwrap().path();
        let done = luoshi(&[
            "plan",
            "extract",
            path.to_str().unwrap(),
            "--format",
            "json",
        ]);
        assert!(
            done.status.success(),
            "{}: {}",
            path.display(),
            text(&done.stderr)
        );
        let read: serde_json::Value = serde_json::from_slice(&done.stdout).unwrap();
        assert!(
            read["obligations"].as_array().unwrap().len() > 10,
            "{}",
            path.display()
        );
    }
}

#[test]
fn org_01_an_organisation_file_with_a_fault_is_refused_with_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("机构.toml");
    let data = folder.path().join("data");
    std::fs::write(
        &file,
        "name = \"某局\"\n\n[[units]]\nkey = \"a\"\nkind = \"office\"\n",
    )
    .unwrap();
    let args = [
        "organisation",
        "load",
        file.to_str().unwrap(),
        "--data",
        data.to_str().unwrap(),
    ];
    let done = luoshi(&args);
    assert_eq!(done.status.code(), Some(2));
    assert!(
        text(&done.stderr).contains("第 5 行"),
        "{}",
        text(&done.stderr)
    );

    let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packs/demo/organisation.toml");
    std::fs::copy(demo, &file).unwrap();
    let done = luoshi(&args);
    assert!(done.status.success(), "{}", text(&done.stderr));
    assert_eq!(
        text(&done.stdout).lines().count(),
        20,
        "{}",
        text(&done.stdout)
    );
    let verified = luoshi(&["audit", "verify", "--data", data.to_str().unwrap()]);
    assert!(verified.status.success() && text(&verified.stdout).contains("校验通过"));
}

#[tokio::test]
async fn sys_02_audit_verify_names_an_entry_of_the_access_log_that_was_altered() {
    let app = TestApp::new().await;
    for login in ["zhou", "zhao", "ye"] {
        app.as_user(login).await;
    }
    let verify = |app: &TestApp| {
        let data = app.folder.path().to_str().unwrap().to_owned();
        luoshi(&["audit", "verify", "--data", &data])
    };
    let whole = verify(&app);
    assert!(whole.status.success(), "{}", text(&whole.stderr));
    assert!(text(&whole.stdout).contains("3 条访问记录，校验通过"));
    app.tamper(&["UPDATE access_log SET login = 'mu' WHERE seq = 2"])
        .await;
    let altered = verify(&app);
    assert_eq!(altered.status.code(), Some(1));
    let said = text(&altered.stdout);
    assert!(said.contains("第 2 条访问记录内容被改动"), "{said}");
    assert!(said.contains("条事件，校验通过"), "the journal is whole");
}

#[test]
fn help_shows_examples() {
    for args in [
        ["--help"].as_slice(),
        &["serve", "--help"],
        &["plan", "extract", "--help"],
    ] {
        let said = text(&luoshi(args).stdout);
        assert!(said.contains("例："), "{args:?}: {said}");
    }
}

#[test]
fn sys_06_packs_are_checked_shown_and_compared() {
    let shown = luoshi(&["pack", "show", "c"]);
    let shown = text(&shown.stdout);
    for part in ["13710", "3 日内", "[C 三/(三)]　默认", "市政府领导批示"] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ours.toml");
    let ours = luoshi_app::packs::shipped(luoshi_domain::packs::PackKey::C);
    std::fs::write(&file, ours.replace("\"P3D\"", "\"P5D\"")).unwrap();
    let file = file.to_str().unwrap();
    let checked = luoshi(&["pack", "check", file]);
    assert!(text(&checked.stdout).contains("没有错误"));
    let compared = luoshi(&["pack", "diff", "c", file]);
    let compared = text(&compared.stdout);
    assert!(
        compared.contains("- “3”：3 日内反馈：签收→首次反馈：3 日内"),
        "{compared}"
    );
    assert!(
        compared.contains("+ “3”：3 日内反馈：签收→首次反馈：5 日内"),
        "{compared}"
    );
    assert_eq!(compared.lines().count(), 3);
}

#[test]
fn sys_06_an_invalid_pack_ends_with_2_and_names_file_line_and_reason() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("bad.toml");
    std::fs::write(&file, "key = \"w\"\ntitle = \"本局\"\nedition = 0\n").unwrap();
    let checked = luoshi(&["pack", "check", file.to_str().unwrap()]);
    assert_eq!(checked.status.code(), Some(2));
    let said = text(&checked.stderr);
    assert!(said.contains("bad.toml 第 3 行：“edition”应是"), "{said}");
    let missing = luoshi(&["pack", "show", "x"]);
    assert!(text(&missing.stderr).contains("自带的机制包是 w、c"));
}

#[test]
fn time_08_a_notice_is_checked_and_entered_for_every_bureau() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("2027.json");
    std::fs::write(&file, r#"{"2027-01-01": "off", "2027-01-02": "off"}"#).unwrap();
    let file = file.to_str().unwrap();
    let checked = luoshi(&["calendar", "check", file]);
    assert!(text(&checked.stdout).contains("2027 年，放假 2 天"));
    let data = folder.path().join("data");
    let data = data.to_str().unwrap();
    let structure = folder.path().join("organisation.toml");
    let known = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../packs/demo/organisation.toml"
    );
    std::fs::copy(known, &structure).unwrap();
    let structure = structure.to_str().unwrap();
    let loaded = luoshi(&["organisation", "load", structure, "--data", data]);
    assert!(loaded.status.success(), "{}", text(&loaded.stderr));
    for _twice in 0..2 {
        let entered = luoshi(&["calendar", "import", file, "--data", data]);
        let said = text(&entered.stdout);
        assert!(said.contains("已录入，0 件事项的时限随之重算"), "{said}");
    }
    let slip = folder.path().join("slip.json");
    std::fs::write(&slip, "{\n\"2027-13-01\": \"off\"}").unwrap();
    let refused = luoshi(&["calendar", "check", slip.to_str().unwrap()]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(text(&refused.stderr).contains("第 2 行：“2027-13-01”不是日期"));
}

#[tokio::test]
async fn sys_02_files_verify_names_what_is_missing_or_altered() {
    let app = TestApp::new().await;
    crate::tasks::confirmed(&app).await;
    let zhou = app.as_user("zhou").await;
    let id = crate::tasks::only_task(&zhou).await;
    let path = format!("/api/v1/tasks/{id}/files");
    for (name, bytes) in [("a.txt", &b"first"[..]), ("b.txt", b"second")] {
        let taken = zhou.upload_as(&path, name, bytes, &[]).await;
        assert!(taken.status.is_success(), "{}", taken.body);
    }
    let data = app.folder.path().to_str().unwrap();
    let verify = || luoshi(&["files", "verify", "--data", data]);
    let whole = verify();
    assert!(whole.status.success(), "{}", text(&whole.stderr));
    assert!(text(&whole.stdout).contains("2 个附件都在，与登记的散列值一致"));
    let list = zhou.get(&path).await.json();
    let place = |n: usize| {
        let hash = list[n]["hash"].as_str().unwrap();
        let folder = app.folder.path().join("files").join(app.bureau.to_string());
        folder.join(hash.get(..2).unwrap()).join(hash)
    };
    std::fs::write(place(0), b"other").unwrap();
    std::fs::remove_file(place(1)).unwrap();
    let broken = verify();
    assert_eq!(broken.status.code(), Some(1));
    let said = text(&broken.stdout);
    assert!(said.contains("2 个附件中 1 个缺失，1 个内容有变"), "{said}");
    let first = list[0]["id"].as_str().unwrap();
    assert!(
        said.contains(&format!("内容有变：/tasks/{id}/files/{first}")),
        "{said}"
    );
}

#[test]
fn ledger_12_pack_lists_names_every_list_of_the_packs() {
    let done = luoshi(&["pack", "lists"]);
    assert!(done.status.success(), "{}", text(&done.stderr));
    let said = text(&done.stdout);
    for name in [
        "w.on_site",
        "现场推进事项清单",
        "接访值班表",
        "每月一份",
        "W 四/(二)/3",
    ] {
        assert!(said.contains(name), "{name} is missing in {said}");
    }
    assert!(said.lines().count() > 14);
    let one = text(&luoshi(&["pack", "lists", "c"]).stdout);
    assert_eq!(one.lines().count(), 3, "{one}");
}
