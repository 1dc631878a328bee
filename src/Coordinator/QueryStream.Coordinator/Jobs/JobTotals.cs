using QueryStream.Core.Time;
using QueryStream.Wire.Control;

namespace QueryStream.Coordinator.Jobs;

/// <summary>Sums the metrics of a job's tasks. Pure.</summary>
internal static class JobTotals
{
    /// <summary>The sums, without <see cref="JobMetrics.RunningFor"/>, which grows by itself.</summary>
    /// <param name="tasks">The tasks.</param>
    /// <param name="runningSince">When the first task ran; null before.</param>
    /// <param name="time">The clock that it was read from.</param>
    public static JobMetrics Of(IEnumerable<TaskExecution> tasks, long? runningSince, TimeProvider time)
    {
        long records = 0;
        long acknowledged = 0;
        long late = 0;
        long? acknowledgedAt = null;
        EventTime? watermark = null;
        SortedDictionary<string, long> counters = new(StringComparer.Ordinal);
        SortedDictionary<string, long> deadLetters = new(StringComparer.Ordinal);
        SortedDictionary<string, string> examples = new(StringComparer.Ordinal);
        SortedDictionary<string, string> problems = new(StringComparer.Ordinal);
        foreach (TaskExecution task in tasks)
        {
            if (task.Sample is not TaskSample sample)
            {
                continue;
            }

            records += sample.RecordsRead;
            acknowledged += sample.Acknowledged;
            late += sample.LateDropped;
            acknowledgedAt = acknowledgedAt > task.AcknowledgedAt ? acknowledgedAt : task.AcknowledgedAt ?? acknowledgedAt;
            Add(counters, sample.Counters);
            Add(deadLetters, sample.DeadLetters);
            foreach (NamedText example in sample.DeadLetterExamples)
            {
                examples.TryAdd(example.Name, example.Text);
            }

            foreach (NamedText problem in sample.Problems)
            {
                problems.TryAdd(problem.Name, problem.Text);
            }

            if (task.State == ExecutionState.Running && sample.Watermark != EventTime.MinValue)
            {
                watermark = EventTime.Min(watermark ?? sample.Watermark, sample.Watermark);
            }
        }

        return new JobMetrics
        {
            RecordsRead = records,
            Acknowledged = acknowledged,
            LateDropped = late,
            Counters = counters,
            DeadLetters = deadLetters,
            DeadLetterExamples = examples,
            Problems = problems,
            Watermark = watermark ?? EventTime.MinValue,
            TimeToLastAcknowledgement = runningSince is long start && acknowledgedAt is long last
                ? time.GetElapsedTime(start, Math.Max(start, last))
                : null,
        };
    }

    /// <summary>Adds the metrics of an attempt to those of the attempts before it. What a restart processes again is counted again.</summary>
    public static JobMetrics Add(JobMetrics before, JobMetrics last) => last with
    {
        RecordsRead = before.RecordsRead + last.RecordsRead,
        Acknowledged = before.Acknowledged + last.Acknowledged,
        LateDropped = before.LateDropped + last.LateDropped,
        Counters = Sum(before.Counters, last.Counters),
        DeadLetters = Sum(before.DeadLetters, last.DeadLetters),
        DeadLetterExamples = new SortedDictionary<string, string>(
            before.DeadLetterExamples.UnionBy(last.DeadLetterExamples, example => example.Key).ToDictionary(), StringComparer.Ordinal),
        TimeToLastAcknowledgement = last.TimeToLastAcknowledgement ?? before.TimeToLastAcknowledgement,
    };

    private static SortedDictionary<string, long> Sum(IReadOnlyDictionary<string, long> before, IReadOnlyDictionary<string, long> last)
    {
        SortedDictionary<string, long> sums = new(last.ToDictionary(), StringComparer.Ordinal);
        foreach ((string name, long count) in before)
        {
            sums[name] = sums.GetValueOrDefault(name) + count;
        }

        return sums;
    }

    private static void Add(SortedDictionary<string, long> sums, IReadOnlyList<NamedCount> counts)
    {
        foreach (NamedCount count in counts)
        {
            sums[count.Name] = sums.GetValueOrDefault(count.Name) + count.Count;
        }
    }
}
