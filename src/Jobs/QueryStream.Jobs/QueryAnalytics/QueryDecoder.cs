using System.Globalization;
using System.Text.Json;
using System.Text.Unicode;
using QueryStream.Core.Texts;
using QueryStream.Core.Time;
using QueryStream.Streams.Formats;

namespace QueryStream.Jobs.QueryAnalytics;

/// <summary>The format of events.</summary>
internal sealed class QueryFormat : RecordFormat<Query>
{
    public override RecordDecoder<Query> CreateDecoder() => new QueryDecoder();
}

/// <summary>
/// Reads events: strict about what cannot be understood, lenient about what is merely missing. Allocates nothing for a
/// good event but the bytes of texts that do not repeat. Used by one thread.
/// </summary>
public sealed class QueryDecoder : RecordDecoder<Query>
{
    private readonly QueryTexts _texts = new();
    private byte[] _unescaped = new byte[256];
    private DecodeResult _problem;

    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    /// <inheritdoc/>
    protected override DecodeResult Read(in SourceRecord record)
    {
        ReadOnlySpan<byte> json = record.Value.StartsWith(ByteOrderMark) ? record.Value[3..] : record.Value;
        if (Utf8.IsValid(json) && TryRead(json, out QueryTokens tokens) && TryConvert(json, tokens, record, out Query row))
        {
            Add(row);
            return DecodeResult.Ok;
        }

        return TakeProblem();
    }

    private DecodeResult TakeProblem()
    {
        // The reader and the conversions say what is wrong; that the bytes are no UTF-8 says all.
        DecodeResult problem = _problem.IsOk ? DecodeResult.Reject(RejectReasons.InvalidUtf8, "") : _problem;
        _problem = DecodeResult.Ok;
        return problem;
    }

    private bool Reject(string reason, string detail)
    {
        _problem = DecodeResult.Reject(reason, detail);
        return false;
    }

    private bool TryRead(ReadOnlySpan<byte> json, out QueryTokens tokens)
    {
        tokens = default;
        try
        {
            JsonTokenType root = tokens.Read(json);
            return root == JsonTokenType.StartObject || Reject(RejectReasons.MalformedJson, $"the record is {NameOf(root)}, not an object");
        }
        catch (JsonException e)
        {
            return Reject(RejectReasons.MalformedJson, e.Message);
        }
    }

    private bool TryConvert(ReadOnlySpan<byte> json, in QueryTokens tokens, in SourceRecord record, out Query row)
    {
        row = default;
        if (!HaveRightTypes(tokens)
            || !TryYears(json, tokens[QueryField.Years], out long? years)
            || !TryResponseTime(json, tokens[QueryField.ResponseTime], out double? responseTime)
            || !TryTime(json, tokens[QueryField.Timestamp], record.Timestamp, out EventTime time)
            || !TryUserId(json, tokens[QueryField.UserId], out Text userId)
            || !TryGroupKey(json, tokens[QueryField.UserType], QueryField.UserType, out Text userType)
            || !TryGroupKey(json, tokens[QueryField.DepartmentId], QueryField.DepartmentId, out Text departmentId)
            || !TryQuery(json, tokens, out Text query))
        {
            return false;
        }

        row = new Query
        {
            QueryText = query,
            UserId = userId,
            UserType = userType,
            DepartmentId = departmentId,
            Time = time,
            Years = years,
            ResponseTime = responseTime,
            IsSuccess = tokens[QueryField.Success].Type != JsonTokenType.False,
            Position = record.Position,
        };
        return true;
    }

    private bool HaveRightTypes(in QueryTokens tokens)
    {
        for (QueryField field = 0; field <= QueryField.Timestamp; field++)
        {
            JsonTokenType type = tokens[field].Type;
            bool isRight = type is JsonTokenType.None or JsonTokenType.Null || field switch
            {
                QueryField.Query or QueryField.QueryText or QueryField.UserType => type == JsonTokenType.String,
                QueryField.ResponseTime => type == JsonTokenType.Number,
                QueryField.Success => type is JsonTokenType.True or JsonTokenType.False,
                _ => type is JsonTokenType.String or JsonTokenType.Number,
            };
            if (!isRight)
            {
                return Reject(RejectReasons.WrongType, $"{NameOf(field)} is {NameOf(type)}");
            }
        }

        return true;
    }

    private bool TryQuery(ReadOnlySpan<byte> json, in QueryTokens tokens, out Text query)
    {
        query = default;
        QueryField field = tokens[QueryField.Query].IsMissing ? QueryField.QueryText : QueryField.Query;
        JsonToken token = tokens[field];
        if (token.IsMissing)
        {
            return Reject(QueryRejectReasons.EmptyQuery, "query is missing");
        }

        if (!TryText(json, token, field, out ReadOnlySpan<byte> text))
        {
            return false;
        }

        query = _texts.Query(text);
        return !query.IsMissingOrEmpty || Reject(QueryRejectReasons.EmptyQuery, $"{NameOf(field)} has nothing but white space");
    }

    private bool TryUserId(ReadOnlySpan<byte> json, JsonToken token, out Text userId)
    {
        userId = default;
        if (token.IsMissing)
        {
            return true;
        }

        if (!TryText(json, token, QueryField.UserId, out ReadOnlySpan<byte> text))
        {
            return false;
        }

        userId = _texts.User(text);
        return true;
    }

    private bool TryGroupKey(ReadOnlySpan<byte> json, JsonToken token, QueryField field, out Text key)
    {
        key = QueryTexts.Unknown;
        if (token.IsMissing)
        {
            return true;
        }

        if (!TryText(json, token, field, out ReadOnlySpan<byte> text))
        {
            return false;
        }

        key = _texts.Name(text);
        return true;
    }

    private bool TryYears(ReadOnlySpan<byte> json, JsonToken token, out long? years)
    {
        years = null;
        if (token.IsMissing)
        {
            return true;
        }

        if (!TryText(json, token, QueryField.Years, out ReadOnlySpan<byte> text))
        {
            return false;
        }

        if (long.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out long integer))
        {
            years = integer;
        }
        else if (token.Type == JsonTokenType.Number && TryDouble(text, out double number) && double.IsInteger(number) && Math.Abs(number) < 1L << 62)
        {
            // To JSON, 2.0 is the integer 2.
            years = (long)number;
        }

        return true;
    }

    private bool TryResponseTime(ReadOnlySpan<byte> json, JsonToken token, out double? responseTime)
    {
        responseTime = null;
        if (token.IsMissing)
        {
            return true;
        }

        if (!TryDouble(json.Slice(token.Start, token.Length), out double number))
        {
            return Reject(RejectReasons.WrongType, "response_time is a number beyond the range of a double");
        }

        responseTime = number;
        return true;
    }

    private bool TryTime(ReadOnlySpan<byte> json, JsonToken token, EventTime recordTime, out EventTime time)
    {
        time = recordTime;
        if (token.IsMissing)
        {
            return true;
        }

        if (!TryText(json, token, QueryField.Timestamp, out ReadOnlySpan<byte> text))
        {
            return false;
        }

        bool isTime = token.Type == JsonTokenType.String ? IsoTime.TryParse(text, out time) : TryEpoch(text, out time);
        return isTime || Reject(
            QueryRejectReasons.BadTimestamp, $"timestamp is '{Shown(text)}', neither ISO-8601 (2025-12-09T11:30:00Z) nor epoch milliseconds");
    }

    private static bool TryEpoch(ReadOnlySpan<byte> text, out EventTime time)
    {
        if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long milliseconds))
        {
            // Written with a fraction or an exponent. A fraction of a millisecond is cut, as it is in ISO-8601.
            if (!TryDouble(text, out double number) || Math.Abs(number) >= 1L << 62)
            {
                time = default;
                return false;
            }

            milliseconds = (long)Math.Floor(number);
        }

        time = new EventTime(milliseconds);
        return true;
    }

    private static bool TryDouble(ReadOnlySpan<byte> text, out double number) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number) && double.IsFinite(number);

    // A string without its escapes, or a number as it is written. Valid until the next escaped one.
    private bool TryText(ReadOnlySpan<byte> json, JsonToken token, QueryField field, out ReadOnlySpan<byte> text)
    {
        text = json.Slice(token.Start, token.Length);
        return !token.IsEscaped || TryUnescape(json, token, field, out text);
    }

    private bool TryUnescape(ReadOnlySpan<byte> json, JsonToken token, QueryField field, out ReadOnlySpan<byte> text)
    {
        if (_unescaped.Length < token.Length)
        {
            _unescaped = new byte[token.Length * 2];
        }

        Utf8JsonReader reader = new(json.Slice(token.Start - 1, token.Length + 2));
        reader.Read();
        try
        {
            text = _unescaped.AsSpan(0, reader.CopyString(_unescaped));
            return true;
        }
        catch (InvalidOperationException)
        {
            // An escape may write half a surrogate pair, which is no character and has no UTF-8.
            text = default;
            return Reject(RejectReasons.MalformedJson, $"{NameOf(field)} has an escape that is half a surrogate pair");
        }
    }

    private static string Shown(ReadOnlySpan<byte> text) => System.Text.Encoding.UTF8.GetString(text[..Math.Min(text.Length, 64)]);

    private static string NameOf(QueryField field) => JsonNamingPolicy.SnakeCaseLower.ConvertName(field.ToString());

    private static string NameOf(JsonTokenType type) => type switch
    {
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => "an array",
        JsonTokenType.String => "a string",
        JsonTokenType.Number => "a number",
        JsonTokenType.Null => "null",
        _ => "a boolean",
    };
}
