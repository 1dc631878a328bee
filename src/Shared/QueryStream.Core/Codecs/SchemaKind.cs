namespace QueryStream.Core.Codecs;

/// <summary>The kinds of layout. The numbers are stored in snapshots: they never change and are never reused.</summary>
public enum SchemaKind : byte
{
    /// <summary>Nothing at all: zero bytes.</summary>
    Unit = 0,

    /// <summary>One byte, 0 or 1.</summary>
    Boolean = 1,

    /// <summary>An integer of 8 to 64 bits with a sign: zigzag, then 7 bits a byte, lowest first.</summary>
    SignedInteger = 2,

    /// <summary>An integer of 8 to 64 bits without a sign: 7 bits a byte, lowest first.</summary>
    UnsignedInteger = 3,

    /// <summary>4 bytes, little endian, IEEE 754.</summary>
    Single = 4,

    /// <summary>8 bytes, little endian, IEEE 754.</summary>
    Double = 5,

    /// <summary>16 bytes: the four words of <see cref="decimal.GetBits(decimal)"/>, little endian; the scale is kept.</summary>
    Decimal = 6,

    /// <summary>A length plus one as an unsigned integer, 0 for null; then as many bytes of UTF-8.</summary>
    Text = 7,

    /// <summary>A length plus one as an unsigned integer, 0 for null; then as many bytes.</summary>
    Bytes = 8,

    /// <summary>A point in time or a duration as a signed integer; the name includes the unit.</summary>
    Time = 9,

    /// <summary>16 bytes, big endian.</summary>
    Guid = 10,

    /// <summary>An enum: its number as a signed integer. <see cref="Schema.Name"/> is the enum's name; its members are not stored.</summary>
    Enum = 11,

    /// <summary>One byte, 0 or 1; after a 1 the value.</summary>
    Nullable = 12,

    /// <summary>
    /// A count plus one as an unsigned integer, 0 for null; then the elements, each followed by a zero byte if <see cref="Schema.MinBytes"/> of the
    /// element is 0.
    /// </summary>
    List = 13,

    /// <summary>Like a list; each element is a key and a value.</summary>
    Map = 14,

    /// <summary>The members, one after the other. <see cref="Schema.Name"/> is the type's name, which need not match.</summary>
    Record = 15,

    /// <summary>A layout that only its own codec can read; <see cref="Schema.Name"/> names it and its version.</summary>
    Opaque = 16,

    /// <summary>
    /// A point in time with its offset from UTC: the UTC ticks (100 ns) since year 1 and the offset in minutes, as signed integers.
    /// </summary>
    OffsetTime = 17,
}
