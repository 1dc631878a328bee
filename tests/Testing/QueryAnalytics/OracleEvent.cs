using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace QueryStream.Testing.QueryAnalytics;

/// <summary>An event, parsed by the simplest means of .NET from the documented rules.</summary>
public sealed partial record OracleEvent
{
    private static readonly string[] Members =
        ["query", "query_text", "user_id", "user_type", "years", "department_id", "response_time", "success", "timestamp"];

    /// <summary>The normalized query.</summary>
    public required string Query { get; init; }

    /// <summary>The user; null if unknown.</summary>
    public string? UserId { get; init; }

    /// <summary>The type of user, or <c>unknown</c>.</summary>
    public required string UserType { get; init; }

    /// <summary>The department, or <c>unknown</c>.</summary>
    public required string DepartmentId { get; init; }

    /// <summary>The year of study.</summary>
    public long? Years { get; init; }

    /// <summary>The response time in milliseconds.</summary>
    public double? ResponseTime { get; init; }

    /// <summary>Whether the query was answered.</summary>
    public bool Success { get; init; }

    /// <summary>Event time, in milliseconds since 1970.</summary>
    public long Time { get; init; }

    /// <summary>Reads a record's value.</summary>
    /// <returns>The event, or why it is a dead letter.</returns>
    public static (OracleEvent? Event, string? Reason) Read(RawRecord record)
    {
        string text;
        try
        {
            text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(record.Value!);
        }
        catch (DecoderFallbackException)
        {
            return (null, "invalid-utf8");
        }

        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(text.StartsWith('\uFEFF') ? text[1..] : text, new JsonDocumentOptions { MaxDepth = 1_000_000 });
        }
        catch (JsonException)
        {
            return (null, "malformed-json");
        }

        using (document)
        {
            return document.RootElement.ValueKind == JsonValueKind.Object ? Read(document.RootElement, record.Timestamp) : (null, "malformed-json");
        }
    }

    private static (OracleEvent? Event, string? Reason) Read(JsonElement root, long recordTime)
    {
        // TryGetProperty finds the last of several members with one name.
        Dictionary<string, JsonElement> members = [];
        foreach (string name in Members)
        {
            if (root.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null)
            {
                members[name] = value;
            }
        }

        if (members.Any(member => !IsAllowed(member.Key, member.Value.ValueKind)))
        {
            return (null, "wrong-type");
        }

        try
        {
            return Read(members, recordTime);
        }
        catch (InvalidOperationException)
        {
            // An unpaired surrogate.
            return (null, "malformed-json");
        }
    }

    private static (OracleEvent? Event, string? Reason) Read(Dictionary<string, JsonElement> members, long recordTime)
    {
        long? years = members.TryGetValue("years", out JsonElement element) ? YearsOf(element) : null;
        double? responseTime = members.TryGetValue("response_time", out element) ? element.GetDouble() : null;
        if (responseTime is { } number && !double.IsFinite(number))
        {
            return (null, "wrong-type");
        }

        long? time = members.TryGetValue("timestamp", out element) ? TimeOf(element) : recordTime;
        if (time is null)
        {
            return (null, "bad-timestamp");
        }

        string? userId = TextOf(members, "user_id");
        string userType = NameOf(TextOf(members, "user_type"));
        string departmentId = NameOf(TextOf(members, "department_id"));
        string query = Normalize(TextOf(members, members.ContainsKey("query") ? "query" : "query_text") ?? "");
        if (query.Length == 0)
        {
            return (null, "empty-query");
        }

        return (new OracleEvent
        {
            Query = query,
            UserId = userId,
            UserType = userType,
            DepartmentId = departmentId,
            Years = years,
            ResponseTime = responseTime,
            Success = !members.TryGetValue("success", out element) || element.ValueKind == JsonValueKind.True,
            Time = time.Value,
        }, null);
    }

    /// <summary>A query, normalized.</summary>
    public static string Normalize(string query) => Nfc(WhiteSpace().Replace(query, " ").Trim(' ').ToLowerInvariant());

    private static string NameOf(string? name)
    {
        string normalized = Nfc((name ?? "").Trim());
        return normalized.Length == 0 ? "unknown" : normalized;
    }

    // .NET refuses to normalize U+FFFE, which NFC leaves unchanged.
    private static string Nfc(string text) => string.Join('\uFFFE', text.Split('\uFFFE').Select(part => part.Normalize(NormalizationForm.FormC)));

    private static bool IsAllowed(string name, JsonValueKind kind) => name switch
    {
        "query" or "query_text" or "user_type" => kind is JsonValueKind.String,
        "response_time" => kind is JsonValueKind.Number,
        "success" => kind is JsonValueKind.True or JsonValueKind.False,
        _ => kind is JsonValueKind.String or JsonValueKind.Number,
    };

    private static string? TextOf(Dictionary<string, JsonElement> members, string name) =>
        !members.TryGetValue(name, out JsonElement value) ? null : value.ValueKind == JsonValueKind.String ? value.GetString() : value.GetRawText();

    private static long? YearsOf(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.String)
        {
            return long.TryParse(value.GetString(), NumberStyles.Integer, CultureInfo.InvariantCulture, out long years) ? years : null;
        }

        return value.TryGetInt64(out long integer) ? integer
            : value.GetDouble() is var number && Math.Floor(number) == number && Math.Abs(number) < Math.Pow(2, 62) ? (long)number
            : null;
    }

    private static long? TimeOf(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Number)
        {
            return value.TryGetInt64(out long milliseconds) ? milliseconds
                : value.GetDouble() is var number && Math.Abs(number) < Math.Pow(2, 62) ? (long)Math.Floor(number)
                : null;
        }

        Match match = IsoTime().Match(value.GetString()!);
        return match.Success ? TimeOf(match.Groups) : null;
    }

    private static long? TimeOf(GroupCollection parts)
    {
        int Number(string name) => parts[name].Success ? int.Parse(parts[name].Value, CultureInfo.InvariantCulture) : 0;
        bool isMidnightAtTheEnd = Number("hour") == 24 && Number("minute") == 0 && Number("second") == 0
            && parts["fraction"].Value.Trim('0').Length == 0;
        if (Number("hour") > (isMidnightAtTheEnd ? 24 : 23) || Number("minute") > 59 || Number("second") > 59
            || Number("zonehour") > 23 || Number("zoneminute") > 59)
        {
            return null;
        }

        string date = $"{parts["year"].Value}-{parts["month"].Value}-{parts["day"].Value}";
        if (!DateTime.TryParseExact(date, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateTime day))
        {
            return null;
        }

        TimeSpan zone = new TimeSpan(Number("zonehour"), Number("zoneminute"), 0) * (parts["sign"].Value == "-" ? -1 : 1);
        int milliseconds = int.Parse((parts["fraction"].Value + "000")[..3], CultureInfo.InvariantCulture);
        TimeSpan ofDay = new(0, Number("hour"), Number("minute"), Number("second"), milliseconds);
        return (day.Ticks - DateTime.UnixEpoch.Ticks + ofDay.Ticks - zone.Ticks) / TimeSpan.TicksPerMillisecond;
    }

    // The same characters as char.IsWhiteSpace.
    [GeneratedRegex(@"[\u0009-\u000D\u0020\u0085\u00A0\u1680\u2000-\u200A\u2028\u2029\u202F\u205F\u3000]+")]
    private static partial Regex WhiteSpace();

    // Extended or basic form; a date alone or with parts of a time.
    [GeneratedRegex(
        "^(?<year>[0-9]{4})(?<dash>-)?(?<month>[0-9]{2})(?(dash)-)(?<day>[0-9]{2})"
        + "([Tt ](?<hour>[0-9]{2})((?(dash):)(?<minute>[0-9]{2})((?(dash):)(?<second>[0-9]{2})([.,](?<fraction>[0-9]+))?)?)?"
        + @"([Zz]|(?<sign>[+-])(?<zonehour>[0-9]{2})(:?(?<zoneminute>[0-9]{2}))?)?)?\z")]
    private static partial Regex IsoTime();
}
