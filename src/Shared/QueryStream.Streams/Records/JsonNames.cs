namespace QueryStream.Streams.Records;

/// <summary>How types are called in problems.</summary>
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
