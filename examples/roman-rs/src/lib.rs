//! Writes numbers in Roman numerals.

const NUMERALS: [(u16, &str); 13] = [
    (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"),
    (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
];

/// Why a number or a text is refused.
#[derive(Debug, PartialEq, Eq)]
pub enum RomanError {
    /// Numerals go from 1 to 3999.
    OutOfRange(u16),
}

/// Writes a number from 1 to 3999.
///
/// ```
/// assert_eq!(roman::write(1994).unwrap(), "MCMXCIV");
/// ```
pub fn write(number: u16) -> Result<String, RomanError> {
    if !(1..=3999).contains(&number) {
        return Err(RomanError::OutOfRange(number));
    }
    let mut left = number;
    let mut text = String::new();
    for (value, numeral) in NUMERALS {
        while left >= value {
            text.push_str(numeral);
            left -= value;
        }
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_the_smallest_and_the_largest() {
        assert_eq!(write(1).unwrap(), "I");
        assert_eq!(write(3999).unwrap(), "MMMCMXCIX");
    }

    #[test]
    fn refuses_what_has_no_numeral() {
        assert_eq!(write(0), Err(RomanError::OutOfRange(0)));
    }
}
