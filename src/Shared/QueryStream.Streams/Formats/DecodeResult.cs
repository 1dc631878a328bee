namespace QueryStream.Streams.Formats;

/// <summary>The result of decoding a record: success, or the reason for a dead letter.</summary>
/// <param name="Reason">The reason for the dead letter, from a small fixed set, since dead letters are counted by reason: see
/// <see cref="RejectReasons"/>. Null if the record was decoded.</param>
/// <param name="Detail">Details, for people; may be empty.</param>
/// <param name="Position">The byte offset of the fault in the record; -1 for the whole record.</param>
public readonly record struct DecodeResult(string? Reason, string Detail, long Position)
{
    /// <summary>The record was decoded.</summary>
    public static readonly DecodeResult Ok = new(null, "", -1);

    /// <summary>Whether the record was decoded.</summary>
    public bool IsOk => Reason is null;

    /// <summary>The detail and the position.</summary>
    public string DetailAndPosition => Position < 0 ? Detail : $"{Detail}, at byte {Position}";

    /// <summary>The record becomes a dead letter.</summary>
    public static DecodeResult Reject(string reason, string detail, long position = -1) => new(reason, detail, position);
}

/// <summary>The reasons of dead letters from the built-in formats. A custom format may add a few fixed ones.</summary>
public static class RejectReasons
{
    /// <summary>The bytes are not UTF-8.</summary>
    public const string InvalidUtf8 = "invalid-utf8";

    /// <summary>The text is not JSON.</summary>
    public const string MalformedJson = "malformed-json";

    /// <summary>A value is not of its member's type.</summary>
    public const string WrongType = "wrong-type";

    /// <summary>A required member is missing.</summary>
    public const string MissingMember = "missing-member";

    /// <summary>The quotes of a CSV record are wrong.</summary>
    public const string MalformedCsv = "malformed-csv";

    /// <summary>A CSV record has more or fewer fields than there are columns.</summary>
    public const string WrongFieldCount = "wrong-field-count";

    /// <summary>The header of a CSV file does not match the rows: the whole file is skipped.</summary>
    public const string WrongHeader = "wrong-header";

    /// <summary>A record has more rows than a batch (1,024).</summary>
    public const string TooManyRows = "too-many-rows";
}
