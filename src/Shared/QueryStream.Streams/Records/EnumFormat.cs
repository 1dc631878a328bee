using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;

namespace QueryStream.Streams.Records;

/// <summary>Reads a value's name, exact or in camel case, or its number. Writes the name if there is one, else the number.</summary>
internal sealed class EnumFormat<TEnum> : JsonFormat<TEnum>
    where TEnum : struct, Enum
{
    private static readonly bool IsSigned = Type.GetTypeCode(typeof(TEnum)) is TypeCode.SByte or TypeCode.Int16 or TypeCode.Int32 or TypeCode.Int64;
    private static readonly (byte[] Name, TEnum Value)[] Names = ReadNames();
    private static readonly string Expected = "one of " + string.Join(
        ", ", Names.Take(20).Select(name => Encoding.UTF8.GetString(name.Name)).Distinct(StringComparer.OrdinalIgnoreCase));

    public override bool CanBeName => true;

    public override bool TryRead(ref Utf8JsonReader reader, JsonInput input, out TEnum value)
    {
        value = default;
        if (reader.TokenType == JsonTokenType.String)
        {
            return TryReadName(ref reader, input, out value);
        }

        return (reader.TokenType == JsonTokenType.Number && TryNumber(reader.ValueSpan, out value)) || input.Refuse(ref reader, Expected);
    }

    public override bool TryReadName(ref Utf8JsonReader reader, JsonInput input, out TEnum value)
    {
        value = default;
        if (!input.TryString(ref reader, out ReadOnlySpan<byte> text))
        {
            return false;
        }

        foreach ((byte[] name, TEnum named) in Names)
        {
            if (text.SequenceEqual(name))
            {
                value = named;
                return true;
            }
        }

        return (reader.TokenType == JsonTokenType.PropertyName && TryNumber(text, out value)) || input.Refuse(ref reader, Expected);
    }

    public override void Write(Utf8JsonWriter writer, in TEnum value)
    {
        if (NameOf(value) is { } name)
        {
            writer.WriteStringValue(name);
        }
        else if (IsSigned)
        {
            writer.WriteNumberValue(Number(value));
        }
        else
        {
            writer.WriteNumberValue((ulong)Number(value));
        }
    }

    public override void WriteName(Utf8JsonWriter writer, in TEnum value)
    {
        if (NameOf(value) is { } name)
        {
            writer.WritePropertyName(name);
        }
        else
        {
            writer.WritePropertyName(value.ToString("D"));
        }
    }

    private static byte[]? NameOf(TEnum value)
    {
        foreach ((byte[] name, TEnum named) in Names)
        {
            if (EqualityComparer<TEnum>.Default.Equals(named, value))
            {
                return name;
            }
        }

        return null;
    }

    private static bool TryNumber(ReadOnlySpan<byte> text, out TEnum value)
    {
        value = default;
        long number;
        if (IsSigned)
        {
            if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number))
            {
                return false;
            }
        }
        else
        {
            if (!ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong unsigned))
            {
                return false;
            }

            number = (long)unsigned;
        }

        value = Unsafe.SizeOf<TEnum>() switch
        {
            1 => Unsafe.BitCast<byte, TEnum>((byte)number),
            2 => Unsafe.BitCast<ushort, TEnum>((ushort)number),
            4 => Unsafe.BitCast<uint, TEnum>((uint)number),
            _ => Unsafe.BitCast<long, TEnum>(number),
        };
        return Number(value) == number;
    }

    private static long Number(TEnum value) => Unsafe.SizeOf<TEnum>() switch
    {
        1 => IsSigned ? Unsafe.BitCast<TEnum, sbyte>(value) : Unsafe.BitCast<TEnum, byte>(value),
        2 => IsSigned ? Unsafe.BitCast<TEnum, short>(value) : Unsafe.BitCast<TEnum, ushort>(value),
        4 => IsSigned ? Unsafe.BitCast<TEnum, int>(value) : Unsafe.BitCast<TEnum, uint>(value),
        _ => Unsafe.BitCast<TEnum, long>(value),
    };

    // The written names come first, then the ones that are only read.
    private static (byte[] Name, TEnum Value)[] ReadNames()
    {
        List<(byte[] Name, TEnum Value)> written = [];
        List<(byte[] Name, TEnum Value)> read = [];
        foreach (FieldInfo field in typeof(TEnum).GetFields(BindingFlags.Public | BindingFlags.Static))
        {
            TEnum value = (TEnum)field.GetValue(null)!;
            string? given = field.GetCustomAttribute<JsonNameAttribute>()?.Name;
            written.Add((Encoding.UTF8.GetBytes(given ?? field.Name), value));
            if (given is null)
            {
                read.Add((Encoding.UTF8.GetBytes(JsonNamingPolicy.CamelCase.ConvertName(field.Name)), value));
            }
        }

        return [.. written, .. read];
    }
}
