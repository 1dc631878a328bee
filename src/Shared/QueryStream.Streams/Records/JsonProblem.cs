using QueryStream.Streams.Formats;

namespace QueryStream.Streams.Records;

/// <summary>Why a JSON text is no row.</summary>
/// <param name="Reason">One of <see cref="RejectReasons"/>.</param>
/// <param name="Member">The path of the member (<c>lines[2].price</c>); empty where it is the whole text.</param>
/// <param name="Position">The place in bytes from the start of the text.</param>
/// <param name="Detail">What exactly is wrong, for people.</param>
public readonly record struct JsonProblem(string Reason, string Member, long Position, string Detail)
{
    /// <summary>All of it in a line.</summary>
    public override string ToString() => ToResult().DetailAndPosition;

    /// <summary>The same as the result of a decoder.</summary>
    public DecodeResult ToResult() => DecodeResult.Reject(Reason, Member is { Length: > 0 } ? $"{Member} {Detail}" : Detail, Position);
}
