using System.Text.Json;
using QueryStream.Core.Codecs;
using QueryStream.Core.Texts;
using QueryStream.Jobs.QueryAnalytics;
using QueryStream.Streams;
using QueryStream.Streams.Records;

[assembly: CodecOf(typeof(StudyYear), typeof(StudyYearCodec))]
[assembly: JsonFormatOf(typeof(StudyYear), typeof(StudyYearFormat))]
[assembly: CodecOf(typeof(Measure), typeof(MeasureCodec))]
[assembly: JsonFormatOf(typeof(Measure), typeof(MeasureFormat))]

namespace QueryStream.Jobs.QueryAnalytics;

// The values in Redis, one type per analytic. Members are written in this order. Times are UTC without an offset.

[StreamRecord(JsonNaming = JsonNaming.SnakeCase)]
internal readonly record struct FacultyResult(
    string Type, Text UserType, DateTime WindowStart, DateTime WindowEnd, long QueryCount, long UniqueUsers, Measure AvgResponseTime, bool Final);

[StreamRecord(JsonNaming = JsonNaming.SnakeCase)]
internal readonly record struct YearResult(
    string Type, StudyYear Years, DateTime WindowStart, DateTime WindowEnd, long QueryCount, Measure AvgResponseTime, bool Final);

[StreamRecord(JsonNaming = JsonNaming.SnakeCase)]
internal readonly record struct HeatmapResult(
    string Type, Text UserType, StudyYear Years, DateTime WindowStart, DateTime WindowEnd, long QueryCount, Measure AvgResponseTime, bool Final);

[StreamRecord(JsonNaming = JsonNaming.SnakeCase)]
internal readonly record struct StudentYearResult(
    string Type, StudyYear Years, DateTime WindowStart, DateTime WindowEnd, long QueryCount, long UniqueUsers, Measure AvgResponseTime, bool Final);

[StreamRecord(JsonNaming = JsonNaming.SnakeCase)]
internal readonly record struct DepartmentResult(
    string Type, Text DepartmentId, DateTime WindowStart, DateTime WindowEnd, long QueryCount, long UniqueUsers, Measure AvgResponseTime, bool Final);

[StreamRecord(JsonNaming = JsonNaming.SnakeCase)]
internal readonly record struct PopularQueryResult(
    string Type, Text QueryText, DateTime WindowStart, DateTime WindowEnd, long QueryCount, long UniqueUsers, bool Final);

[StreamRecord(JsonNaming = JsonNaming.SnakeCase)]
internal readonly record struct PopularQueryByYearResult(
    string Type, StudyYear Years, Text QueryText, DateTime WindowStart, DateTime WindowEnd, long QueryCount, long UniqueUsers, bool Final);

[StreamRecord(JsonNaming = JsonNaming.SnakeCase)]
internal readonly record struct UserTypeResult(
    string Type, Text UserType, DateTime WindowStart, DateTime WindowEnd, long QueryCount, double Percentage, bool Final);

[StreamRecord(JsonNaming = JsonNaming.SnakeCase)]
internal readonly record struct SuccessResult(
    string Type, DateTime WindowStart, DateTime WindowEnd, long SuccessCount, long FailureCount, double SuccessRatePct, bool Final);

[StreamRecord(JsonNaming = JsonNaming.SnakeCase)]
internal readonly record struct ResponseTimeResult(
    string Type, Text UserType,
    DateTime WindowStart, DateTime WindowEnd,
    Measure AvgTime, Measure MinTime, Measure MaxTime, [property: JsonName("p95_time")] Measure P95Time, long QueryCount, bool Final);

/// <summary>A user's year of study. In JSON a number, or the word "unknown".</summary>
/// <param name="Number">The year; null if unknown.</param>
internal readonly record struct StudyYear(long? Number);

/// <summary>Writes known years as numbers.</summary>
internal sealed class StudyYearFormat : JsonFormat<StudyYear>
{
    private static readonly JsonFormat<long> Number = JsonFormat<long>.Instance;

    public override bool TryRead(ref Utf8JsonReader reader, JsonInput input, out StudyYear value)
    {
        value = default;
        if (reader.TokenType == JsonTokenType.String)
        {
            return reader.ValueTextEquals(QueryTexts.Unknown.Bytes) || input.Refuse(ref reader, "a number or \"unknown\"");
        }

        bool isNumber = Number.TryRead(ref reader, input, out long number);
        value = new StudyYear(number);
        return isNumber;
    }

    public override void Write(Utf8JsonWriter writer, in StudyYear value)
    {
        if (value.Number is { } number)
        {
            Number.Write(writer, number);
        }
        else
        {
            writer.WriteStringValue(QueryTexts.Unknown.Bytes);
        }
    }
}

internal sealed class StudyYearCodec : SurrogateCodec<StudyYear, long?>
{
    protected override long? To(in StudyYear value) => value.Number;

    protected override StudyYear From(in long? surrogate, CodecReader reader) => new(surrogate);
}

/// <summary>A measured value. In JSON a number, or null if it is missing or not finite, which JSON cannot represent.</summary>
/// <param name="Value">The value; null if missing.</param>
internal readonly record struct Measure(double? Value)
{
    public static implicit operator Measure(double? value) => new(value);
}

internal sealed class MeasureFormat : JsonFormat<Measure>
{
    private static readonly JsonFormat<double?> Number = JsonFormat<double?>.Instance;

    public override bool TryRead(ref Utf8JsonReader reader, JsonInput input, out Measure value)
    {
        bool isNumber = Number.TryRead(ref reader, input, out double? number);
        value = number;
        return isNumber;
    }

    public override void Write(Utf8JsonWriter writer, in Measure value) =>
        Number.Write(writer, value.Value is { } number && double.IsFinite(number) ? number : null);
}

internal sealed class MeasureCodec : SurrogateCodec<Measure, double?>
{
    protected override double? To(in Measure value) => value.Value;

    protected override Measure From(in double? surrogate, CodecReader reader) => surrogate;
}
