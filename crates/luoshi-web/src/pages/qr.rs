//! Pictures that an authenticator scans, drawn here: nothing is asked of anybody else.

use qrcode::types::QrError;
use qrcode::{Color, EcLevel, QrCode};

/// Modules left white on each side, as scanners want it.
const QUIET: usize = 4;

/// A picture as an SVG path over a square of `side` units.
#[derive(Clone, Debug, Default)]
pub(super) struct Picture {
    pub(super) side: usize,
    pub(super) path: String,
}

/// The QR code of a text.
pub(crate) fn of(text: &str) -> Result<Picture, QrError> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M)?;
    let width = code.width();
    let mut path = String::new();
    for (at, colour) in code.to_colors().into_iter().enumerate() {
        if colour == Color::Dark {
            let (x, y) = (at % width + QUIET, at / width + QUIET);
            path.push_str(&format!("M{x} {y}h1v1h-1z"));
        }
    }
    Ok(Picture {
        side: width + 2 * QUIET,
        path,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_has_its_three_corners() {
        let picture = of("otpauth://totp/Luoshi:fang?secret=ABCDEFGH&issuer=Luoshi").unwrap();
        let far = picture.side - QUIET - 1;
        for (x, y) in [(QUIET, QUIET), (far, QUIET), (QUIET, far)] {
            assert!(picture.path.contains(&format!("M{x} {y}h1")), "{x} {y}");
        }
        assert!(of(&"x".repeat(5000)).is_err());
    }
}
