namespace QueryStream.Streams.Records;

/// <summary>Why a JSON text is no row.</summary>
/// <param name="Reason">One of a small fixed set, since dead letters are counted by it: <c>invalid-utf8</c>, <c>malformed-json</c>, <c>wrong-type</c>, <c>missing-member</c>.</param>
/// <param name="Member">The path of the member (<c>lines[2].price</c>); empty where it is the whole text.</param>
/// <param name="Position">The place in bytes from the start of the text.</param>
/// <param name="Detail">What exactly is wrong, for people.</param>
public readonly record struct JsonProblem(string Reason, string Member, long Position, string Detail)
{
    /// <summary>The bytes are not UTF-8.</summary>
    public const string InvalidUtf8 = "invalid-utf8";

    /// <summary>The text is not JSON.</summary>
    public const string MalformedJson = "malformed-json";

    /// <summary>A value is not of its member's type.</summary>
    public const string WrongType = "wrong-type";

    /// <summary>A required member is not there.</summary>
    public const string MissingMember = "missing-member";

    /// <summary>All of it in a line.</summary>
    public override string ToString() => Member is { Length: > 0 } ? $"{Member} {Detail}, at byte {Position}" : $"{Detail}, at byte {Position}";
}
