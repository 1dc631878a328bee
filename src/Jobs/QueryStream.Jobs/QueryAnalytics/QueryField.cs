namespace QueryStream.Jobs.QueryAnalytics;

/// <summary>The members of an event that count; all others are skipped.</summary>
internal enum QueryField
{
    Query,
    QueryText,
    UserId,
    UserType,
    Years,
    DepartmentId,
    ResponseTime,
    Success,
    Timestamp,
}
