using System.Text.Json;
using System.Text.Unicode;
using QueryStream.Streams.Formats;

namespace QueryStream.Streams.Records;

/// <summary>Reads rows from JSON texts. For a valid row it allocates only what the row refers to. Used by one thread.</summary>
/// <typeparam name="T">The rows.</typeparam>
public sealed class JsonRowReader<T>
{
    private static readonly JsonFormat<T> Format = JsonFormat<T>.Instance;

    // A nesting level costs the reader one bit, so the limit of a record's size is enough.
    private static readonly JsonReaderOptions Options = new() { MaxDepth = int.MaxValue };

    private readonly JsonInput _input = new();

    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    /// <summary>
    /// Reads a row. Unknown names are skipped, however deep their values are. If a name occurs twice, the last one counts. A missing member has its
    /// default value, or null if it is nullable; otherwise it is a problem. Does not throw, whatever the bytes are.
    /// </summary>
    /// <param name="json">The text in UTF-8; the row copies what it needs.</param>
    /// <param name="row">The row, if the result is true.</param>
    /// <param name="problem">The reason, if the result is false.</param>
    public bool TryRead(ReadOnlySpan<byte> json, out T row, out JsonProblem problem)
    {
        int skipped = json.StartsWith(ByteOrderMark) ? ByteOrderMark.Length : 0;
        _input.Offset = skipped;
        if (TryReadText(json[skipped..], out row))
        {
            problem = default;
            return true;
        }

        problem = _input.TakeProblem();
        problem = problem with { Position = problem.Position + skipped };
        row = default!;
        return false;
    }

    private bool TryReadText(ReadOnlySpan<byte> json, out T row)
    {
        row = default!;
        if (!Utf8.IsValid(json))
        {
            return _input.Fail(RejectReasons.InvalidUtf8, 0, "the text is not UTF-8");
        }

        Utf8JsonReader reader = new(json, Options);
        try
        {
            reader.Read();
            if (!Format.TryRead(ref reader, _input, out row))
            {
                // Reads the rest of the text: if it is not JSON, that is the reason to report.
                while (reader.Read())
                {
                }

                return false;
            }

            // The first condition avoids boxing structs in unoptimized code.
            if (!typeof(T).IsValueType && row is null)
            {
                return _input.Refuse(ref reader, "a value");
            }

            // Throws if something follows.
            reader.Read();
            return true;
        }
        catch (JsonException e)
        {
            return _input.Fail(RejectReasons.MalformedJson, PositionOf(e, json, reader.TokenStartIndex), $"the text is not JSON: {TextOf(e)}");
        }
    }

    // Removes the reader's position, which differs from the one in the record: "… LineNumber: 0 | BytePositionInLine: 1."
    private static string TextOf(JsonException e)
    {
        int place = e.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return place < 0 ? e.Message : e.Message[..place];
    }

    private static long PositionOf(JsonException e, ReadOnlySpan<byte> json, long otherwise)
    {
        if (e is not { LineNumber: { } line, BytePositionInLine: { } position })
        {
            return otherwise;
        }

        int start = 0;
        for (long i = 0; i < line; i++)
        {
            start += json[start..].IndexOf((byte)'\n') + 1;
        }

        return Math.Min(start + position, json.Length);
    }
}
