//! A mail server, where one is configured.

use std::path::Path;
use std::sync::Arc;

use anyhow::Context;
use luoshi_app::App;
use luoshi_mail::{Config, Security, SmtpMailer};

use crate::cli::{MailArgs, MailSecurity};
use crate::secrets;

/// Lets the application send mail through the server that was configured; does nothing without one.
pub(crate) fn configure(app: &mut App, args: &MailArgs) -> anyhow::Result<()> {
    let (Some(host), Some(from)) = (&args.host, &args.from) else {
        return Ok(());
    };
    let (security, port) = match args.security {
        MailSecurity::Plain => (Security::Plain, 25),
        MailSecurity::StartTls => (Security::StartTls, 587),
        MailSecurity::Tls => (Security::Tls, 465),
    };
    let file = args.password_file.as_deref();
    let password = file.map(|file| secrets::read(file, "口令")).transpose()?;
    let config = Config {
        host: host.clone(),
        port: args.port.unwrap_or(port),
        security,
        login: args.login.clone().zip(password),
        from: from.clone(),
        authority: args.authority_file.as_deref().map(authority).transpose()?,
    };
    let mailer = SmtpMailer::new(config)
        .with_context(|| format!("邮件服务器 {host} 不能用；不发邮件时去掉 --smtp-host"))?;
    println!("每天的汇总邮件经 {host} 发出，只发给自己选择要收的人");
    app.mailer = Some(Arc::new(mailer));
    Ok(())
}

fn authority(file: &Path) -> anyhow::Result<Vec<u8>> {
    std::fs::read(file).with_context(|| format!("证书文件 {} 读不了", file.display()))
}
