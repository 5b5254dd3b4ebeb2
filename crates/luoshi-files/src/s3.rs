//! A bucket of a store that speaks S3.

use std::time::Duration;

use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::{BackoffConfig, RetryConfig};

use crate::http_client::Connector;
use crate::store::ConfigError;

/// How long a request is tried again; whoever uploads waits so long.
const RETRIED: Duration = Duration::from_secs(15);

/// Where the bucket is and who may use it.
#[derive(Clone)]
pub struct S3Config {
    /// E.g. `https://s3.jt.example.gov.cn`; the bucket stands behind it as the first part.
    pub endpoint: String,
    pub bucket: String,
    pub region: String,
    pub key_id: String,
    pub secret: String,
}

pub(crate) fn store(config: &S3Config) -> Result<AmazonS3, ConfigError> {
    let connector = Connector::new().map_err(ConfigError::Certificates)?;
    let retry = RetryConfig {
        backoff: BackoffConfig::default(),
        max_retries: 2,
        retry_timeout: RETRIED,
    };
    AmazonS3Builder::new()
        .with_endpoint(&config.endpoint)
        .with_allow_http(config.endpoint.starts_with("http://"))
        .with_bucket_name(&config.bucket)
        .with_region(&config.region)
        .with_access_key_id(&config.key_id)
        .with_secret_access_key(&config.secret)
        .with_virtual_hosted_style_request(false)
        .with_disable_bulk_delete(true)
        .with_http_connector(connector)
        .with_retry(retry)
        .build()
        .map_err(ConfigError::Store)
}
