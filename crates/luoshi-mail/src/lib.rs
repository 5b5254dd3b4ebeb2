//! Mail through a bureau's own server (SMTP), by `lettre`.

use std::time::Duration;

use async_trait::async_trait;
use lettre::message::header::ContentType;
use lettre::message::{Mailbox, Message};
use lettre::transport::smtp;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use luoshi_app::mailer::{Mail, MailError, Mailer};

/// How long one mail may take.
const TIMEOUT: Duration = Duration::from_secs(20);

/// How to reach the server.
#[derive(Clone)]
pub struct Config {
    pub host: String,
    pub port: u16,
    pub security: Security,
    /// A login with its password; `None` where the server asks for none.
    pub login: Option<(String, String)>,
    /// Who the mails are from: `name@host` or `称呼 <name@host>`.
    pub from: String,
    /// A further certificate authority to trust, in PEM.
    pub authority: Option<Vec<u8>>,
}

/// How the connection is kept from others' eyes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Security {
    /// Not at all, as on a closed network.
    Plain,
    /// Begun in plain, then TLS; refused by a server that cannot.
    StartTls,
    /// TLS from the first byte.
    Tls,
}

/// Why a configuration cannot be used, in plain Chinese.
#[derive(Debug, thiserror::Error)]
pub enum Unusable {
    #[error("发件人地址“{0}”写得不对")]
    From(String),
    #[error("证书文件不能用")]
    Authority(#[source] smtp::Error),
    #[error("加密参数不能用")]
    Tls(#[source] smtp::Error),
}

/// Sends through one server.
pub struct SmtpMailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    /// Ends the Message-ID.
    host: String,
}

impl SmtpMailer {
    /// Nothing is sent or asked yet: the server may be down while the program starts.
    pub fn new(config: Config) -> Result<Self, Unusable> {
        let from: Mailbox = config
            .from
            .parse()
            .map_err(|_unreadable| Unusable::From(config.from.clone()))?;
        let mut builder =
            AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(config.host.as_str())
                .port(config.port)
                .timeout(Some(TIMEOUT));
        if config.security != Security::Plain {
            let mut parameters = TlsParameters::builder(config.host.clone());
            if let Some(pem) = &config.authority {
                let authority = Certificate::from_pem(pem).map_err(Unusable::Authority)?;
                parameters = parameters.add_root_certificate(authority);
            }
            let parameters = parameters.build().map_err(Unusable::Tls)?;
            builder = builder.tls(match config.security {
                Security::Tls => Tls::Wrapper(parameters),
                _ => Tls::Required(parameters),
            });
        }
        if let Some((name, password)) = config.login {
            builder = builder.credentials(Credentials::new(name, password));
        }
        Ok(Self {
            transport: builder.build(),
            host: from.email.domain().to_owned(),
            from,
        })
    }

    fn message(&self, mail: &Mail) -> Result<Message, MailError> {
        let unusable = |what: &str| MailError::Never(format!("{what}，没有发送。"));
        let address: Address = mail
            .to_address
            .parse()
            .map_err(|_unreadable| unusable("收件地址写得不对"))?;
        Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(Some(mail.to_name.clone()), address))
            .message_id(Some(format!("<{}@{}>", mail.id, self.host)))
            .subject(mail.subject.as_str())
            .header(ContentType::TEXT_PLAIN)
            .body(mail.text.clone())
            .map_err(|_unusable| unusable("邮件内容不能用"))
    }
}

#[async_trait]
impl Mailer for SmtpMailer {
    async fn send(&self, mail: &Mail) -> Result<(), MailError> {
        let message = self.message(mail)?;
        match self.transport.send(message).await {
            Ok(_answer) => Ok(()),
            Err(error) => Err(judge(&error)),
        }
    }
}

/// What an error means: something that passes, or something to mend.
fn judge(error: &smtp::Error) -> MailError {
    match error.status() {
        Some(code) if error.is_permanent() => MailError::Never(format!(
            "邮件服务器不接受（{code}），请检查收件地址和发件账号。"
        )),
        Some(code) => MailError::Later(format!("邮件服务器暂时不接受（{code}）。")),
        None if error.is_timeout() => MailError::Later("邮件服务器没有按时答复。".into()),
        None if error.is_tls() => {
            MailError::Never("与邮件服务器的加密连接建立不了，请检查证书。".into())
        }
        None => MailError::Later("连不上邮件服务器。".into()),
    }
}
