using QueryStream.Streams;
using QueryStream.Streams.Records;

namespace QueryStream.Jobs.QueryAnalytics;

/// <summary>
/// The members of an event as JSON tokens, which <see cref="QueryDecoder"/> checks and converts. All other members are skipped.
/// </summary>
[StreamRecord]
internal readonly record struct RawQuery(
    [JsonName("query")] JsonToken Query = default,
    [JsonName("query_text")] JsonToken QueryText = default,
    [JsonName("user_id")] JsonToken UserId = default,
    [JsonName("user_type")] JsonToken UserType = default,
    [JsonName("years")] JsonToken Years = default,
    [JsonName("department_id")] JsonToken DepartmentId = default,
    [JsonName("response_time")] JsonToken ResponseTime = default,
    [JsonName("success")] JsonToken Success = default,
    [JsonName("timestamp")] JsonToken Timestamp = default);
