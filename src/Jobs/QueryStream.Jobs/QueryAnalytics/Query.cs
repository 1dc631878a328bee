using QueryStream.Core.Identity;
using QueryStream.Core.Texts;
using QueryStream.Core.Time;
using QueryStream.Streams;

namespace QueryStream.Jobs.QueryAnalytics;

/// <summary>One query that somebody asked, as the ten analytics need it. What may be missing is packed, since rows are copied often.</summary>
[StreamRecord]
public readonly struct Query
{
    // No number of years; a record with exactly this one would count as unknown.
    private const long NoYears = long.MinValue;

    private readonly double _responseTime;
    private readonly long _years;
    private readonly long _offset;
    private readonly int _partition;

    /// <summary>Creates an empty query: everything is missing.</summary>
    public Query()
    {
        _responseTime = double.NaN;
        _years = NoYears;
        IsSuccess = true;
    }

    /// <summary>What was asked, normalized; never empty.</summary>
    public Text QueryText { get; init; }

    /// <summary>Who asked; missing where nobody knows.</summary>
    public Text UserId { get; init; }

    /// <summary>What kind of user; <c>unknown</c> where missing.</summary>
    public Text UserType { get; init; }

    /// <summary>The user's department; <c>unknown</c> where missing.</summary>
    public Text DepartmentId { get; init; }

    /// <summary>When it was asked.</summary>
    public EventTime Time { get; init; }

    /// <summary>The user's year of study; null where unknown.</summary>
    public long? Years
    {
        get => _years == NoYears ? null : _years;
        init => _years = value ?? NoYears;
    }

    /// <summary>How long the answer took, in milliseconds; null where missing. Never NaN, which JSON cannot say.</summary>
    public double? ResponseTime
    {
        get => double.IsNaN(_responseTime) ? null : _responseTime;
        init => _responseTime = value ?? double.NaN;
    }

    /// <summary>Whether it was answered.</summary>
    public bool IsSuccess { get; init; }

    /// <summary>Where the record stands in its topic.</summary>
    public RecordPosition Position
    {
        get => new(_partition, _offset);
        init => (_partition, _offset) = (value.Partition, value.Offset);
    }
}
