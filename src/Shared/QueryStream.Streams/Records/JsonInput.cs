using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using QueryStream.Core.Texts;
using QueryStream.Streams.Formats;

namespace QueryStream.Streams.Records;

/// <summary>
/// The state of a JSON reader between rows: the buffers for texts, and the reason why the last value was rejected. With it, reading allocates only
/// what rows refer to. Used by one thread.
/// </summary>
public sealed class JsonInput
{
    private const int MaxShownBytes = 40;

    private byte[] _unescaped = new byte[256];
    private string _path = "";

    /// <summary>The arena for texts that are read.</summary>
    public TextArena Texts { get; } = new();

    /// <summary>The number of bytes before the JSON reader's input: a byte order mark.</summary>
    internal int Offset { get; set; }

    /// <summary>The reason why the last value was rejected.</summary>
    public JsonProblem Problem { get; private set; }

    /// <summary>The unescaped property name at the reader's position. Valid until the next call.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ReadOnlySpan<byte> NameOf(ref Utf8JsonReader reader) => !reader.ValueIsEscaped ? reader.ValueSpan : UnescapedName(ref reader);

    /// <summary>The unescaped string at the reader's position. Valid until the next call.</summary>
    /// <returns>False if the value is not a string, or has an escape that is not a character.</returns>
    public bool TryString(ref Utf8JsonReader reader, out ReadOnlySpan<byte> text)
    {
        text = reader.ValueSpan;
        return reader.TokenType is not (JsonTokenType.String or JsonTokenType.PropertyName) ? Refuse(ref reader, "a string")
            : !reader.ValueIsEscaped || TryUnescape(ref reader, out text);
    }

    /// <summary>Rejects the value at the reader's position.</summary>
    /// <param name="reader">Positioned on the value.</param>
    /// <param name="expected">The expected type: <c>a number</c>.</param>
    /// <returns>False, for the caller to return.</returns>
    public bool Refuse(ref Utf8JsonReader reader, string expected) =>
        Fail(RejectReasons.WrongType, reader.TokenStartIndex, $"is {Shown(ref reader)} where {expected} must be");

    /// <summary>Rejects a list, a dictionary or a tuple that contains null although its type does not allow it.</summary>
    /// <param name="position">Its start in the text.</param>
    /// <param name="expected">The expected type: <c>a string</c>.</param>
    /// <returns>False, for the caller to return.</returns>
    public bool HoldsNull(long position, string expected) => Fail(RejectReasons.WrongType, position, $"holds null where {expected} must be");

    /// <summary>Rejects the object that ends here, because a required member is missing.</summary>
    /// <returns>False, for the caller to return.</returns>
    public bool Missing(ref Utf8JsonReader reader, string member)
    {
        Fail(RejectReasons.MissingMember, reader.TokenStartIndex, "is missing");
        return InMember(member);
    }

    /// <summary>Adds a member's name to the front of the rejected value's path. Called from the innermost member outwards.</summary>
    /// <returns>False, for the caller to return.</returns>
    public bool InMember(string member)
    {
        _path = _path.Length == 0 || _path[0] == '[' ? member + _path : $"{member}.{_path}";
        return false;
    }

    /// <summary>Adds the index of a list's element to the front of the rejected value's path.</summary>
    /// <returns>False, for the caller to return.</returns>
    public bool InElement(int index) => InMember(string.Create(CultureInfo.InvariantCulture, $"[{index}]"));

    /// <summary>Returns the reason with its full path, and clears it.</summary>
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
            // An escape may be half a surrogate pair, which is not a character and has no UTF-8.
            text = default;
            return Fail(RejectReasons.MalformedJson, reader.TokenStartIndex, "has an escape that is half a surrogate pair");
        }
    }
}

/// <summary>The reason why a JSON text is not a row.</summary>
/// <param name="Reason">One of <see cref="RejectReasons"/>.</param>
/// <param name="Member">The path of the member (<c>lines[2].price</c>); empty for the whole text.</param>
/// <param name="Position">The byte offset in the text.</param>
/// <param name="Detail">The fault, for people.</param>
public readonly record struct JsonProblem(string Reason, string Member, long Position, string Detail)
{
    /// <summary>Member, detail and position in one line.</summary>
    public override string ToString() => ToResult().DetailAndPosition;

    /// <summary>Converts it to the result of a decoder.</summary>
    public DecodeResult ToResult() => DecodeResult.Reject(Reason, Member is { Length: > 0 } ? $"{Member} {Detail}" : Detail, Position);
}
