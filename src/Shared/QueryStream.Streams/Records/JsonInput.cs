using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using QueryStream.Core.Texts;
using QueryStream.Streams.Formats;

namespace QueryStream.Streams.Records;

/// <summary>
/// What a reader of JSON keeps from row to row: the buffers that texts are copied to, and the reason why the last value was refused. So reading
/// allocates nothing but what rows hold. Used by one thread.
/// </summary>
public sealed class JsonInput
{
    private const int MaxShownBytes = 40;

    private byte[] _unescaped = new byte[256];
    private string _path = "";

    /// <summary>Holds the texts that were read.</summary>
    public TextArena Texts { get; } = new();

    /// <summary>How many bytes of the text stand before what the JSON reader sees: a byte order mark.</summary>
    internal int Offset { get; set; }

    /// <summary>Why the last value was refused.</summary>
    public JsonProblem Problem { get; private set; }

    /// <summary>The name that the reader stands on, without escapes. Valid until the next call.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ReadOnlySpan<byte> NameOf(ref Utf8JsonReader reader) => !reader.ValueIsEscaped ? reader.ValueSpan : UnescapedName(ref reader);

    /// <summary>The string that the reader stands on, without escapes. Valid until the next call.</summary>
    /// <returns>False for an escape that is no character, or where the value is no string.</returns>
    public bool TryString(ref Utf8JsonReader reader, out ReadOnlySpan<byte> text)
    {
        text = reader.ValueSpan;
        return reader.TokenType is not (JsonTokenType.String or JsonTokenType.PropertyName) ? Refuse(ref reader, "a string")
            : !reader.ValueIsEscaped || TryUnescape(ref reader, out text);
    }

    /// <summary>Refuses the value that the reader stands on.</summary>
    /// <param name="reader">Stands on the value.</param>
    /// <param name="expected">What it must be: <c>a number</c>.</param>
    /// <returns>False, for the caller to return.</returns>
    public bool Refuse(ref Utf8JsonReader reader, string expected) =>
        Fail(RejectReasons.WrongType, reader.TokenStartIndex, $"is {Shown(ref reader)} where {expected} must be");

    /// <summary>Refuses a list, a dictionary or a tuple, since it holds null where its type does not allow it.</summary>
    /// <param name="position">Where it begins in the text.</param>
    /// <param name="expected">What must be there: <c>a string</c>.</param>
    /// <returns>False, for the caller to return.</returns>
    public bool HoldsNull(long position, string expected) => Fail(RejectReasons.WrongType, position, $"holds null where {expected} must be");

    /// <summary>Refuses the object that ends here, since a required member is missing.</summary>
    /// <returns>False, for the caller to return.</returns>
    public bool Missing(ref Utf8JsonReader reader, string member)
    {
        Fail(RejectReasons.MissingMember, reader.TokenStartIndex, "is missing");
        return InMember(member);
    }

    /// <summary>Adds a member's name to the front of the path of the refused value. Called from the inside to the outside.</summary>
    /// <returns>False, for the caller to return.</returns>
    public bool InMember(string member)
    {
        _path = _path.Length == 0 || _path[0] == '[' ? member + _path : $"{member}.{_path}";
        return false;
    }

    /// <summary>Adds the index of a list's element to the front of the path of the refused value.</summary>
    /// <returns>False, for the caller to return.</returns>
    public bool InElement(int index) => InMember(string.Create(CultureInfo.InvariantCulture, $"[{index}]"));

    /// <summary>Returns the reason with its whole path, and forgets it.</summary>
    internal JsonProblem TakeProblem()
    {
        JsonProblem problem = Problem with { Member = _path };
        (Problem, _path) = (default, "");
        return problem;
    }

    internal bool Fail(string reason, long position, string detail)
    {
        Problem = new JsonProblem(reason, "", position, detail);
        _path = "";
        return false;
    }

    private static string Shown(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => "a list",
        JsonTokenType.Null => "null",
        JsonTokenType.True => "true",
        JsonTokenType.False => "false",
        JsonTokenType.Number => $"the number {Cut(reader.ValueSpan)}",
        _ => $"the string '{Cut(reader.ValueSpan)}'",
    };

    private static string Cut(ReadOnlySpan<byte> value) =>
        value.Length <= MaxShownBytes ? Encoding.UTF8.GetString(value) : $"{Encoding.UTF8.GetString(value[..MaxShownBytes])}…";

    private ReadOnlySpan<byte> UnescapedName(ref Utf8JsonReader reader) => TryUnescape(ref reader, out ReadOnlySpan<byte> name) ? name : default;

    private bool TryUnescape(ref Utf8JsonReader reader, out ReadOnlySpan<byte> text)
    {
        if (_unescaped.Length < reader.ValueSpan.Length)
        {
            _unescaped = new byte[reader.ValueSpan.Length * 2];
        }

        try
        {
            text = _unescaped.AsSpan(0, reader.CopyString(_unescaped));
            return true;
        }
        catch (InvalidOperationException)
        {
            // An escape may write half a surrogate pair, which is no character and has no UTF-8.
            text = default;
            return Fail(RejectReasons.MalformedJson, reader.TokenStartIndex, "has an escape that is half a surrogate pair");
        }
    }
}

/// <summary>Why a JSON text is not a row.</summary>
/// <param name="Reason">One of <see cref="RejectReasons"/>.</param>
/// <param name="Member">The path of the member (<c>lines[2].price</c>); empty where it is the whole text.</param>
/// <param name="Position">The place in bytes from the start of the text.</param>
/// <param name="Detail">What exactly is wrong, for people.</param>
public readonly record struct JsonProblem(string Reason, string Member, long Position, string Detail)
{
    /// <summary>Member, detail and position in one line.</summary>
    public override string ToString() => ToResult().DetailAndPosition;

    /// <summary>Converts it to the result of a decoder.</summary>
    public DecodeResult ToResult() => DecodeResult.Reject(Reason, Member is { Length: > 0 } ? $"{Member} {Detail}" : Detail, Position);
}
