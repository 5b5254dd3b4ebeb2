//! Numbers in the forms that lists use.

/// A number in the form that a list level names; empty for forms without characters.
pub(super) fn written(number: u32, form: &str) -> String {
    match form {
        "none" | "bullet" => String::new(),
        "decimalZero" => format!("{number:02}"),
        "upperLetter" => letters(number, 'A'),
        "lowerLetter" => letters(number, 'a'),
        "upperRoman" => roman(number),
        "lowerRoman" => roman(number).to_lowercase(),
        "decimalFullWidth" | "decimalFullWidth2" => full_width(number),
        "decimalEnclosedCircle" | "decimalEnclosedCircleChinese" => circled(number),
        "decimalEnclosedParen" => format!("({number})"),
        "decimalEnclosedFullstop" => format!("{number}."),
        "chineseCounting"
        | "chineseCountingThousand"
        | "taiwaneseCounting"
        | "taiwaneseCountingThousand"
        | "japaneseCounting"
        | "ideographEnclosedCircle" => counted(number, "零一二三四五六七八九", "十百千万", true),
        "chineseLegalSimplified" => counted(number, "零壹贰叁肆伍陆柒捌玖", "拾佰仟万", false),
        "ideographLegalTraditional" | "japaneseLegal" => {
            counted(number, "零壹貳參肆伍陸柒捌玖", "拾佰仟萬", false)
        }
        "ideographDigital" | "japaneseDigitalTenThousand" | "taiwaneseDigital" => {
            digits(number, "〇一二三四五六七八九")
        }
        "ideographTraditional" => turn(number, "甲乙丙丁戊己庚辛壬癸"),
        "ideographZodiac" => turn(number, "子丑寅卯辰巳午未申酉戌亥"),
        _ => number.to_string(),
    }
}

fn digit(number: u32, names: &str) -> Option<char> {
    names.chars().nth(usize::try_from(number).ok()?)
}

/// Figure by figure, as in 二〇二六.
fn digits(number: u32, names: &str) -> String {
    let figures = number.to_string();
    let named = figures
        .chars()
        .filter_map(|c| digit(c.to_digit(10)?, names));
    named.collect()
}

/// With tens and hundreds, as in 一百零五; `short` leaves the one before the first ten away.
fn counted(number: u32, names: &str, units: &str, short: bool) -> String {
    if number == 0 || number > 99_999 {
        return number.to_string();
    }
    let figures: Vec<u32> = number
        .to_string()
        .chars()
        .filter_map(|c| c.to_digit(10))
        .collect();
    let mut text = String::new();
    let mut gap = false;
    for (i, figure) in figures.iter().enumerate() {
        let place = figures.len() - 1 - i;
        if *figure == 0 {
            gap = true;
            continue;
        }
        if gap && !text.is_empty() {
            text.extend(digit(0, names));
        }
        gap = false;
        let leading_ten = short && place == 1 && *figure == 1 && i == 0;
        if !leading_ten {
            text.extend(digit(*figure, names));
        }
        if let Some(unit) = place.checked_sub(1) {
            text.extend(units.chars().nth(unit));
        }
    }
    text
}

/// A, B, … Z, AA, BB, as word processors count.
fn letters(number: u32, first: char) -> String {
    let Some(index) = number.checked_sub(1) else {
        return number.to_string();
    };
    let letter = char::from_u32(u32::from(first) + index % 26).unwrap_or(first);
    let times = usize::try_from(index / 26 + 1).unwrap_or(1).min(30);
    std::iter::repeat_n(letter, times).collect()
}

fn roman(number: u32) -> String {
    const PARTS: [(u32, &str); 13] = [
        (1000, "M"),
        (900, "CM"),
        (500, "D"),
        (400, "CD"),
        (100, "C"),
        (90, "XC"),
        (50, "L"),
        (40, "XL"),
        (10, "X"),
        (9, "IX"),
        (5, "V"),
        (4, "IV"),
        (1, "I"),
    ];
    if number == 0 || number > 3999 {
        return number.to_string();
    }
    let mut left = number;
    let mut text = String::new();
    for (value, letters) in PARTS {
        while left >= value {
            text.push_str(letters);
            left -= value;
        }
    }
    text
}

fn full_width(number: u32) -> String {
    let wide = |c: char| char::from_u32(u32::from(c) - 0x30 + 0xff10);
    number.to_string().chars().filter_map(wide).collect()
}

fn circled(number: u32) -> String {
    let first = match number {
        1..=20 => 0x2460 - 1,
        21..=35 => 0x3251 - 21,
        36..=50 => 0x32b1 - 36,
        _ => return number.to_string(),
    };
    let circle = char::from_u32(first + number);
    circle.map_or_else(|| number.to_string(), String::from)
}

/// The names in turn, beginning again after the last.
fn turn(number: u32, names: &str) -> String {
    let count = u32::try_from(names.chars().count()).unwrap_or(1);
    let Some(index) = number.checked_sub(1) else {
        return number.to_string();
    };
    digit(index % count, names).map_or_else(String::new, String::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn import_01_numbers_are_written_in_the_form_of_their_level() {
        for (number, form, want) in [
            (1, "chineseCounting", "一"),
            (10, "chineseCounting", "十"),
            (12, "chineseCountingThousand", "十二"),
            (20, "japaneseCounting", "二十"),
            (105, "chineseCountingThousand", "一百零五"),
            (110, "chineseCountingThousand", "一百一十"),
            (1010, "chineseCountingThousand", "一千零一十"),
            (12, "chineseLegalSimplified", "壹拾贰"),
            (3, "ideographTraditional", "丙"),
            (12, "ideographZodiac", "亥"),
            (20, "ideographDigital", "二〇"),
            (3, "decimal", "3"),
            (3, "decimalZero", "03"),
            (13, "decimalFullWidth", "１３"),
            (3, "decimalEnclosedCircle", "③"),
            (21, "decimalEnclosedCircle", "㉑"),
            (36, "decimalEnclosedCircle", "㊱"),
            (51, "decimalEnclosedCircle", "51"),
            (2, "upperLetter", "B"),
            (28, "lowerLetter", "bb"),
            (14, "upperRoman", "XIV"),
            (4, "lowerRoman", "iv"),
            (4, "bullet", ""),
            (4, "somethingNew", "4"),
        ] {
            assert_eq!(written(number, form), want, "{form}");
        }
    }
}
