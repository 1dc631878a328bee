using QueryStream.Core.Identity;
using QueryStream.Core.Texts;
using QueryStream.Core.Time;
using QueryStream.Streams;

namespace QueryStream.Jobs.QueryAnalytics;

/// <summary>A user's query, with the members that the ten analytics need. Optional members are packed, since rows are copied often.</summary>
[StreamRecord]
public readonly struct Query
{
    // Marks unknown years. A record with exactly this value counts as unknown.
    private const long NoYears = long.MinValue;

    private readonly double _responseTime;
    private readonly long _years;
    private readonly long _offset;
    private readonly int _partition;

    /// <summary>Creates a query without values.</summary>
    public Query()
    {
        _responseTime = double.NaN;
        _years = NoYears;
        IsSuccess = true;
    }

    /// <summary>The normalized query, never empty.</summary>
    public Text QueryText { get; init; }

    /// <summary>The user; missing if unknown.</summary>
    public Text UserId { get; init; }

    /// <summary>The type of user; <c>unknown</c> if missing.</summary>
    public Text UserType { get; init; }

    /// <summary>The user's department; <c>unknown</c> if missing.</summary>
    public Text DepartmentId { get; init; }

    /// <summary>The event time.</summary>
    public EventTime Time { get; init; }

    /// <summary>The user's year of study; null if unknown.</summary>
    public long? Years
    {
        get => _years == NoYears ? null : _years;
        init => _years = value ?? NoYears;
    }

    /// <summary>The response time in milliseconds; null if missing. Never NaN, which JSON cannot represent.</summary>
    public double? ResponseTime
    {
        get => double.IsNaN(_responseTime) ? null : _responseTime;
        init => _responseTime = value ?? double.NaN;
    }

    /// <summary>Whether the query was answered.</summary>
    public bool IsSuccess { get; init; }

    /// <summary>The position of the record in its topic.</summary>
    public RecordPosition Position
    {
        get => new(_partition, _offset);
        init => (_partition, _offset) = (value.Partition, value.Offset);
    }
}
