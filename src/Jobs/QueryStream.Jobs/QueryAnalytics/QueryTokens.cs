using System.Runtime.CompilerServices;
using System.Text.Json;

namespace QueryStream.Jobs.QueryAnalytics;

/// <summary>
/// Finds the members that count in one pass, and remembers only where they stand: what they mean is decided when the whole
/// record was read, so that of a name given twice the last counts, whatever the first one was.
/// </summary>
internal ref struct QueryTokens
{
    // Deep nesting costs the reader one bit a level, so a record's size is limit enough.
    private static readonly JsonReaderOptions Options = new() { MaxDepth = int.MaxValue };

    // An escape writes one byte as six, so that a longer name cannot be one of ours.
    private const int LongestEscapedName = 6 * 13;

    private Tokens _tokens;

    public readonly JsonToken this[QueryField field] => _tokens[(int)field];

    /// <summary>Reads a record to its end.</summary>
    /// <returns>The kind of its root; only an object has members.</returns>
    /// <exception cref="JsonException">It is no JSON.</exception>
    public JsonTokenType Read(ReadOnlySpan<byte> json)
    {
        Utf8JsonReader reader = new(json, isFinalBlock: true, new JsonReaderState(Options));
        reader.Read();
        JsonTokenType root = reader.TokenType;
        if (root == JsonTokenType.StartObject)
        {
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                int field = FieldOf(ref reader);
                reader.Read();
                if (field >= 0)
                {
                    int quote = reader.TokenType == JsonTokenType.String ? 1 : 0;
                    _tokens[field] = new JsonToken(
                        reader.TokenType, (int)reader.TokenStartIndex + quote, reader.ValueSpan.Length, quote == 1 && reader.ValueIsEscaped);
                }

                reader.Skip();
            }
        }

        // What follows the root is an error that only reading on reveals.
        while (reader.Read())
        {
        }

        return root;
    }

    private static int FieldOf(ref Utf8JsonReader reader)
    {
        if (!reader.ValueIsEscaped)
        {
            return FieldOf(reader.ValueSpan);
        }

        Span<byte> name = stackalloc byte[LongestEscapedName];
        if (reader.ValueSpan.Length > name.Length)
        {
            return -1;
        }

        try
        {
            return FieldOf(name[..reader.CopyString(name)]);
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair: no name of ours, and nobody's business in a member that is skipped.
            return -1;
        }
    }

    private static int FieldOf(ReadOnlySpan<byte> name) => (int?)(name.Length switch
    {
        5 when name.SequenceEqual("query"u8) => QueryField.Query,
        5 when name.SequenceEqual("years"u8) => QueryField.Years,
        7 when name.SequenceEqual("user_id"u8) => QueryField.UserId,
        7 when name.SequenceEqual("success"u8) => QueryField.Success,
        9 when name.SequenceEqual("user_type"u8) => QueryField.UserType,
        9 when name.SequenceEqual("timestamp"u8) => QueryField.Timestamp,
        10 when name.SequenceEqual("query_text"u8) => QueryField.QueryText,
        13 when name.SequenceEqual("department_id"u8) => QueryField.DepartmentId,
        13 when name.SequenceEqual("response_time"u8) => QueryField.ResponseTime,
        _ => (QueryField?)null,
    }) ?? -1;

    [InlineArray(9)]
    private struct Tokens
    {
        private JsonToken _first;
    }
}
