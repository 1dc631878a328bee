using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using QueryStream.Core.Texts;
using QueryStream.Streams.Formats;

namespace QueryStream.Streams.Records;

/// <summary>
/// What goes along with the reading of a JSON text: where its texts are copied to, and why reading ended. Kept from row to row, so that
/// reading allocates nothing but what rows hold. Used by one thread.
/// </summary>
public sealed class JsonInput
{
    private const int MostShown = 40;

    private byte[] _unescaped = new byte[256];
    private string _path = "";

    /// <summary>The home of texts that were read.</summary>
    public TextArena Texts { get; } = new();

    /// <summary>How many bytes of the text stand before what the JSON reader sees: a byte order mark.</summary>
    internal int Offset { get; set; }

    /// <summary>Why the last value was refused.</summary>
    public JsonProblem Problem { get; private set; }

    /// <summary>The name that the reader stands on, without escapes. Valid until the next one is asked for.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ReadOnlySpan<byte> NameOf(ref Utf8JsonReader reader) => !reader.ValueIsEscaped ? reader.ValueSpan : UnescapedName(ref reader);

    /// <summary>The string that the reader stands on, without escapes. Valid until the next one is asked for.</summary>
    /// <returns>False for an escape that is no character, or where the value is no string.</returns>
    public bool TryString(ref Utf8JsonReader reader, out ReadOnlySpan<byte> text)
    {
        text = reader.ValueSpan;
        return reader.TokenType is not (JsonTokenType.String or JsonTokenType.PropertyName) ? Refuse(ref reader, "a string")
            : !reader.ValueIsEscaped || TryUnescape(ref reader, out text);
    }

    /// <summary>The value that the reader stands on is not what it must be.</summary>
    /// <param name="reader">Stands on the value.</param>
    /// <param name="expected">What it must be: <c>a number</c>.</param>
    /// <returns>False, for the caller to return.</returns>
    public bool Refuse(ref Utf8JsonReader reader, string expected) =>
        Fail(RejectReasons.WrongType, reader.TokenStartIndex, $"is {Shown(ref reader)} where {expected} must be");

    /// <summary>A list, a dictionary or a tuple holds null, which its type does not allow.</summary>
    /// <param name="position">Where it begins in the text.</param>
    /// <param name="expected">What must be there: <c>a string</c>.</param>
    /// <returns>False, for the caller to return.</returns>
    public bool HoldsNull(long position, string expected) => Fail(RejectReasons.WrongType, position, $"holds null where {expected} must be");

    /// <summary>The object that ends here has no member of this name, which is required.</summary>
    /// <returns>False, for the caller to return.</returns>
    public bool Missing(ref Utf8JsonReader reader, string member)
    {
        Fail(RejectReasons.MissingMember, reader.TokenStartIndex, "is missing");
        return InMember(member);
    }

    /// <summary>Says that the value that was refused is this member of an object: called from the inside to the outside.</summary>
    /// <returns>False, for the caller to return.</returns>
    public bool InMember(string member)
    {
        _path = _path.Length == 0 || _path[0] == '[' ? member + _path : $"{member}.{_path}";
        return false;
    }

    /// <summary>Says that the value that was refused is this element of a list.</summary>
    /// <returns>False, for the caller to return.</returns>
    public bool InElement(int index) => InMember(string.Create(CultureInfo.InvariantCulture, $"[{index}]"));

    /// <summary>The reason with its whole path. The next text starts anew.</summary>
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

    private static string Cut(ReadOnlySpan<byte> value) => value.Length <= MostShown ? Encoding.UTF8.GetString(value) : $"{Encoding.UTF8.GetString(value[..MostShown])}…";

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
