using System.Globalization;
using System.Numerics;
using System.Text.Json;

namespace QueryStream.Streams.Records;

internal sealed class IntegerFormat<T> : JsonFormat<T>
    where T : struct, IBinaryInteger<T>
{
    private const int MaxDigits = 24;

    public override bool CanBeName => true;

    public override bool TryRead(ref Utf8JsonReader reader, JsonInput input, out T value)
    {
        value = default;
        return (reader.TokenType == JsonTokenType.Number
            && T.TryParse(reader.ValueSpan, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value))
            || input.Refuse(ref reader, JsonNames.Of<T>());
    }

    public override bool TryReadName(ref Utf8JsonReader reader, JsonInput input, out T value) =>
        T.TryParse(input.NameOf(ref reader), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value)
            || input.Refuse(ref reader, JsonNames.Of<T>());

    public override void Write(Utf8JsonWriter writer, in T value)
    {
        Span<byte> digits = stackalloc byte[MaxDigits];
        value.TryFormat(digits, out int length, default, CultureInfo.InvariantCulture);
        writer.WriteRawValue(digits[..length], skipInputValidation: true);
    }

    public override void WriteName(Utf8JsonWriter writer, in T value)
    {
        Span<byte> digits = stackalloc byte[MaxDigits];
        value.TryFormat(digits, out int length, default, CultureInfo.InvariantCulture);
        writer.WritePropertyName(digits[..length]);
    }
}

/// <summary>Floating-point numbers; the values that JSON does not have are the strings NaN, Infinity and -Infinity.</summary>
internal sealed class FloatFormat<T> : JsonFormat<T>
    where T : struct, IFloatingPointIeee754<T>
{
    private const int MaxDigits = 64;

    public override bool TryRead(ref Utf8JsonReader reader, JsonInput input, out T value)
    {
        value = default;
        bool isNumber = reader.TokenType == JsonTokenType.Number
            ? T.TryParse(reader.ValueSpan, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && T.IsFinite(value)
            : reader.TokenType == JsonTokenType.String && TryName(reader.ValueSpan, out value);
        return isNumber || input.Refuse(ref reader, JsonNames.Of<T>());
    }

    public override void Write(Utf8JsonWriter writer, in T value)
    {
        if (!T.IsFinite(value))
        {
            writer.WriteStringValue(T.IsNaN(value) ? "NaN"u8 : T.IsPositive(value) ? "Infinity"u8 : "-Infinity"u8);
            return;
        }

        Span<byte> digits = stackalloc byte[MaxDigits];
        value.TryFormat(digits, out int length, default, CultureInfo.InvariantCulture);
        writer.WriteRawValue(digits[..length], skipInputValidation: true);
    }

    private static bool TryName(ReadOnlySpan<byte> text, out T value)
    {
        value = text.SequenceEqual("NaN"u8) ? T.NaN : text.SequenceEqual("Infinity"u8) ? T.PositiveInfinity : T.NegativeInfinity;
        return !T.IsNegative(value) || T.IsNaN(value) || text.SequenceEqual("-Infinity"u8);
    }
}

internal sealed class DecimalFormat : JsonFormat<decimal>
{
    public override bool TryRead(ref Utf8JsonReader reader, JsonInput input, out decimal value)
    {
        value = default;
        return (reader.TokenType == JsonTokenType.Number
            && decimal.TryParse(reader.ValueSpan, NumberStyles.Float, CultureInfo.InvariantCulture, out value))
            || input.Refuse(ref reader, JsonNames.Of<decimal>());
    }

    public override void Write(Utf8JsonWriter writer, in decimal value) => writer.WriteNumberValue(value);
}

/// <summary>The names of types in messages.</summary>
internal static class JsonNames
{
    public static string Of<T>() => Type.GetTypeCode(typeof(T)) switch
    {
        TypeCode.Double or TypeCode.Single => "a number in the range of its member, or \"NaN\", \"Infinity\" or \"-Infinity\"",
        TypeCode.Decimal => "a number in the range of a decimal",
        TypeCode.SByte => "an integer from -128 to 127",
        TypeCode.Byte => "an integer from 0 to 255",
        TypeCode.Int16 => "an integer from -32768 to 32767",
        TypeCode.UInt16 => "an integer from 0 to 65535",
        TypeCode.Int32 => "an integer of 32 bits",
        TypeCode.UInt32 => "an integer of 32 bits without a sign",
        TypeCode.Int64 => "an integer of 64 bits",
        TypeCode.UInt64 => "an integer of 64 bits without a sign",
        _ => typeof(T).Name,
    };
}
