using QueryStream.Core.Time;

namespace QueryStream.Jobs.QueryAnalytics;

/// <summary>
/// Parses ISO-8601 times: a calendar date, optionally with a time of hours, minutes, seconds or fractions of them, in the extended form
/// (2025-12-09T11:30:00.5+07:00) or the basic form (20251209T113000Z). Times without a zone are UTC. A space may replace the T. Digits beyond
/// milliseconds are truncated. Not supported: week dates, ordinal dates, and years of more than four digits.
/// </summary>
internal ref struct IsoTime
{
    private const long MillisecondsPerMinute = 60_000;

    private ReadOnlySpan<byte> _rest;

    private IsoTime(ReadOnlySpan<byte> text) => _rest = text;

    public static bool TryParse(ReadOnlySpan<byte> text, out EventTime time)
    {
        IsoTime reader = new(text);
        bool isTime = reader.TryRead(out long milliseconds);
        time = new EventTime(milliseconds);
        return isTime;
    }

    private bool TryRead(out long milliseconds)
    {
        milliseconds = 0;
        if (!TryDate(out long days, out bool isExtended))
        {
            return false;
        }

        milliseconds = days * 24 * 60 * MillisecondsPerMinute;
        if (_rest.IsEmpty)
        {
            return true;
        }

        if (!(Take((byte)'T') || Take((byte)'t') || Take((byte)' ')) || !TryTimeOfDay(isExtended, out long ofDay) || !TryOffset(out long offset))
        {
            return false;
        }

        milliseconds += ofDay - offset;
        return _rest.IsEmpty;
    }

    private bool TryDate(out long days, out bool isExtended)
    {
        days = 0;
        isExtended = false;
        if (!TryDigits(4, out int year))
        {
            return false;
        }

        isExtended = Take((byte)'-');
        if (!TryDigits(2, out int month) || (isExtended && !Take((byte)'-')) || !TryDigits(2, out int day))
        {
            return false;
        }

        bool isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        if (month is < 1 or > 12 || day < 1 || day > DaysIn(month, isLeap))
        {
            return false;
        }

        days = DaysSinceEpoch(year, month, day);
        return true;
    }

    private bool TryTimeOfDay(bool isExtended, out long milliseconds)
    {
        milliseconds = 0;
        int minute = 0;
        int second = 0;
        int fraction = 0;
        if (!TryDigits(2, out int hour))
        {
            return false;
        }

        if (HasPart(isExtended))
        {
            if (!TryPart(isExtended, out minute))
            {
                return false;
            }

            if (HasPart(isExtended) && !(TryPart(isExtended, out second) && TryFraction(out fraction)))
            {
                return false;
            }
        }

        milliseconds = (((hour * 60L) + minute) * MillisecondsPerMinute) + (second * 1000) + fraction;

        // ISO-8601 also calls midnight, at the end of a day, 24:00.
        return hour <= 23 ? minute <= 59 && second <= 59 : milliseconds == 24 * 60 * MillisecondsPerMinute;
    }

    private bool TryOffset(out long milliseconds)
    {
        milliseconds = 0;
        if (_rest.IsEmpty || Take((byte)'Z') || Take((byte)'z'))
        {
            return true;
        }

        bool isBehind = Take((byte)'-');
        if (!(isBehind || Take((byte)'+')) || !TryDigits(2, out int hours))
        {
            return false;
        }

        int minutes = 0;
        if (!_rest.IsEmpty)
        {
            Take((byte)':');
            if (!TryDigits(2, out minutes))
            {
                return false;
            }
        }

        milliseconds = ((hours * 60) + minutes) * (isBehind ? -MillisecondsPerMinute : MillisecondsPerMinute);
        return hours <= 23 && minutes <= 59;
    }

    private readonly bool HasPart(bool isExtended) =>
        !_rest.IsEmpty && (isExtended ? _rest[0] == ':' : char.IsAsciiDigit((char)_rest[0]));

    private bool TryPart(bool isExtended, out int value)
    {
        value = 0;
        return (!isExtended || Take((byte)':')) && TryDigits(2, out value);
    }

    private bool TryFraction(out int milliseconds)
    {
        milliseconds = 0;
        if (!Take((byte)'.') && !Take((byte)','))
        {
            return true;
        }

        int digits = 0;
        for (; digits < _rest.Length && char.IsAsciiDigit((char)_rest[digits]); digits++)
        {
            milliseconds += digits < 3 ? (_rest[digits] - '0') * (digits == 0 ? 100 : digits == 1 ? 10 : 1) : 0;
        }

        _rest = _rest[digits..];
        return digits > 0;
    }

    private bool TryDigits(int count, out int value)
    {
        value = 0;
        if (_rest.Length < count)
        {
            return false;
        }

        foreach (byte digit in _rest[..count])
        {
            if (!char.IsAsciiDigit((char)digit))
            {
                return false;
            }

            value = (value * 10) + (digit - '0');
        }

        _rest = _rest[count..];
        return true;
    }

    private bool Take(byte character)
    {
        if (_rest.IsEmpty || _rest[0] != character)
        {
            return false;
        }

        _rest = _rest[1..];
        return true;
    }

    private static int DaysIn(int month, bool isLeap) => month switch
    {
        2 => isLeap ? 29 : 28,
        4 or 6 or 9 or 11 => 30,
        _ => 31,
    };

    // The days_from_civil algorithm (Howard Hinnant): years begin in March, so that the leap day is the last day. DateTime lacks year 0, which
    // ISO-8601 has.
    private static long DaysSinceEpoch(int year, int month, int day)
    {
        int y = month <= 2 ? year - 1 : year;
        int era = (y >= 0 ? y : y - 399) / 400;
        int yearOfEra = y - (era * 400);
        int dayOfYear = (((153 * (month + (month > 2 ? -3 : 9))) + 2) / 5) + day - 1;
        int dayOfEra = (yearOfEra * 365) + (yearOfEra / 4) - (yearOfEra / 100) + dayOfYear;
        return (era * 146_097L) + dayOfEra - 719_468;
    }
}
