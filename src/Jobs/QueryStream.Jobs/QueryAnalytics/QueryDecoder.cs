using System.Globalization;
using System.Text.Json;
using QueryStream.Core.Texts;
using QueryStream.Core.Time;
using QueryStream.Streams.Formats;
using QueryStream.Streams.Records;

namespace QueryStream.Jobs.QueryAnalytics;

/// <summary>The format of events.</summary>
internal sealed class QueryFormat : RecordFormat<Query>
{
    public override RecordDecoder<Query> CreateDecoder() => new QueryDecoder();
}

/// <summary>
/// Decodes events: rejects what cannot be understood, accepts missing members. Allocates nothing for a valid event, except the bytes of texts that
/// do not repeat. Used by one thread.
/// </summary>
public sealed class QueryDecoder : RecordDecoder<Query>
{
    private readonly JsonRowReader<RawQuery> _json = new();
    private readonly QueryTexts _texts = new();
    private byte[] _unescaped = new byte[256];
    private DecodeResult _problem;

    /// <inheritdoc/>
    protected override DecodeResult Read(in SourceRecord record)
    {
        if (!_json.TryRead(record.Value, out RawQuery raw, out JsonProblem problem))
        {
            // The reader accepts any value for each member, so a wrong type concerns the whole record.
            return problem.Reason == RejectReasons.WrongType
                ? DecodeResult.Reject(RejectReasons.MalformedJson, $"the record {problem.Detail}", problem.Position)
                : problem.ToResult();
        }

        if (TryConvert(record, raw, out Query row))
        {
            Add(row);
            return DecodeResult.Ok;
        }

        return _problem;
    }

    private bool Reject(string reason, string detail)
    {
        _problem = DecodeResult.Reject(reason, detail);
        return false;
    }

    private bool TryConvert(in SourceRecord record, in RawQuery raw, out Query row)
    {
        ReadOnlySpan<byte> json = record.Value;
        row = default;
        if (!HaveRightTypes(raw)
            || !TryYears(json, raw.Years, out long? years)
            || !TryResponseTime(json, raw.ResponseTime, out double? responseTime)
            || !TryTime(json, raw.Timestamp, record.Timestamp, out EventTime time)
            || !TryUserId(json, raw.UserId, out Text userId)
            || !TryGroupKey(json, raw.UserType, "user_type", out Text userType)
            || !TryGroupKey(json, raw.DepartmentId, "department_id", out Text departmentId)
            || !TryQuery(json, raw, out Text query))
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
            IsSuccess = raw.Success.Type != JsonTokenType.False,
            Position = record.Position,
        };
        return true;
    }

    private bool HaveRightTypes(in RawQuery raw) =>
        IsText(raw.Query, "query")
        && IsText(raw.QueryText, "query_text")
        && IsTextOrNumber(raw.UserId, "user_id")
        && IsText(raw.UserType, "user_type")
        && IsTextOrNumber(raw.Years, "years")
        && IsTextOrNumber(raw.DepartmentId, "department_id")
        && (raw.ResponseTime.IsMissing || raw.ResponseTime.Type == JsonTokenType.Number || IsWrong(raw.ResponseTime, "response_time"))
        && (raw.Success.IsMissing || raw.Success.Type is JsonTokenType.True or JsonTokenType.False || IsWrong(raw.Success, "success"))
        && IsTextOrNumber(raw.Timestamp, "timestamp");

    private bool IsText(JsonToken token, string member) => token.IsMissing || token.Type == JsonTokenType.String || IsWrong(token, member);

    private bool IsTextOrNumber(JsonToken token, string member) =>
        token.IsMissing || token.Type is JsonTokenType.String or JsonTokenType.Number || IsWrong(token, member);

    private bool IsWrong(JsonToken token, string member) => Reject(RejectReasons.WrongType, $"{member} is {NameOf(token.Type)}");

    private bool TryQuery(ReadOnlySpan<byte> json, in RawQuery raw, out Text query)
    {
        query = default;
        (JsonToken token, string member) = raw.Query.IsMissing ? (raw.QueryText, "query_text") : (raw.Query, "query");
        if (token.IsMissing)
        {
            return Reject(QueryRejectReasons.EmptyQuery, "query is missing");
        }

        if (!TryText(json, token, member, out ReadOnlySpan<byte> text))
        {
            return false;
        }

        query = _texts.Query(text);
        return !query.IsMissingOrEmpty || Reject(QueryRejectReasons.EmptyQuery, $"{member} has nothing but white space");
    }

    private bool TryUserId(ReadOnlySpan<byte> json, JsonToken token, out Text userId)
    {
        userId = default;
        if (token.IsMissing)
        {
            return true;
        }

        if (!TryText(json, token, "user_id", out ReadOnlySpan<byte> text))
        {
            return false;
        }

        userId = _texts.User(text);
        return true;
    }

    private bool TryGroupKey(ReadOnlySpan<byte> json, JsonToken token, string member, out Text key)
    {
        key = QueryTexts.Unknown;
        if (token.IsMissing)
        {
            return true;
        }

        if (!TryText(json, token, member, out ReadOnlySpan<byte> text))
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

        if (!TryText(json, token, "years", out ReadOnlySpan<byte> text))
        {
            return false;
        }

        if (long.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out long integer))
        {
            years = integer;
        }
        else if (token.Type == JsonTokenType.Number && TryDouble(text, out double number) && double.IsInteger(number) && Math.Abs(number) < 1L << 62)
        {
            // In JSON, 2.0 is the integer 2.
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

        if (!TryText(json, token, "timestamp", out ReadOnlySpan<byte> text))
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
            // The number has a fraction or an exponent. Fractions of a millisecond are truncated, as in ISO-8601 times.
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

    // The text is valid until the next text with escapes is read.
    private bool TryText(ReadOnlySpan<byte> json, JsonToken token, string member, out ReadOnlySpan<byte> text) =>
        token.TryGetText(json, ref _unescaped, out text) || Reject(
            RejectReasons.MalformedJson, $"{member} has an escape that is half a surrogate pair");

    private static string Shown(ReadOnlySpan<byte> text) => System.Text.Encoding.UTF8.GetString(text[..Math.Min(text.Length, 64)]);

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

/// <summary>The reasons of dead letters, in addition to those of JSON and of the Kafka source.</summary>
internal static class QueryRejectReasons
{
    /// <summary>The timestamp cannot be parsed.</summary>
    public const string BadTimestamp = "bad-timestamp";

    /// <summary>The query is missing, or empty after normalization.</summary>
    public const string EmptyQuery = "empty-query";
}
