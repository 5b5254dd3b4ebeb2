//! Letting messages out to robots and other programs, where that is switched on.

use std::sync::Arc;

use anyhow::Context;
use luoshi_app::App;
use luoshi_hooks::{Config, HttpSender};

use crate::cli::HookArgs;

/// Lets messages out; does nothing unless it is switched on.
pub(crate) fn configure(app: &mut App, args: &HookArgs) -> anyhow::Result<()> {
    if !args.hooks {
        return Ok(());
    }
    let authority = args.authority_file.as_deref().map(|file| {
        std::fs::read(file).with_context(|| format!("证书文件 {} 读不了", file.display()))
    });
    let config = Config {
        named: args.allow.clone(),
        authority: authority.transpose()?,
    };
    let sender = HttpSender::new(config).context("外发的证书文件不能用")?;
    let networks: Vec<String> = args.allow.iter().map(ToString::to_string).collect();
    println!(
        "外发已开启，只发到系统管理员登记的地址；放行的内网网段：{}",
        if networks.is_empty() {
            "无".to_owned()
        } else {
            networks.join("、")
        }
    );
    app.hooks = Some(Arc::new(sender));
    Ok(())
}
