namespace QueryStream.Streams.Formats;

/// <summary>Whether a record could be decoded, and if not, why.</summary>
/// <param name="Reason">Why it is a dead letter, from a small fixed set, since dead letters are counted by it: see <see cref="RejectReasons"/>. Null
/// if it was decoded.</param>
/// <param name="Detail">What exactly is wrong, for people; may be empty.</param>
/// <param name="Position">The byte of the record where it is wrong; -1 for the record as a whole.</param>
public readonly record struct DecodeResult(string? Reason, string Detail, long Position)
{
    /// <summary>The record was decoded.</summary>
    public static readonly DecodeResult Ok = new(null, "", -1);

    /// <summary>Whether the record was decoded.</summary>
    public bool IsOk => Reason is null;

    /// <summary>The detail with the position.</summary>
    public string DetailAndPosition => Position < 0 ? Detail : $"{Detail}, at byte {Position}";

    /// <summary>The record becomes a dead letter.</summary>
    public static DecodeResult Reject(string reason, string detail, long position = -1) => new(reason, detail, position);
}

/// <summary>
/// Why records become dead letters: the reasons of the built-in formats. A format of your own may have more, but few and fixed ones.
/// </summary>
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

    /// <summary>The header of a CSV file does not fit the rows: the whole file is left.</summary>
    public const string WrongHeader = "wrong-header";

    /// <summary>One record has more rows than fit into a batch (1,024).</summary>
    public const string TooManyRows = "too-many-rows";
}
