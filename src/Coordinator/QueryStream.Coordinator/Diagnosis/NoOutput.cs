using System.Globalization;
using QueryStream.Core.Metrics;
using QueryStream.Core.Time;
using QueryStream.Streams.Graph;
using QueryStream.Wire.Control;
using QueryStream.Wire.Metrics;

namespace QueryStream.Coordinator.Diagnosis;

/// <summary>Why a job writes nothing, from what its tasks report. Pure.</summary>
public static class NoOutput
{
    private const double BusyBottleneck = 0.8;
    private const string SinkKind = "Sink";
    private static readonly TimeSpan LongLag = TimeSpan.FromSeconds(30);

    /// <summary>What holds its output back, the most likely first; at least one finding.</summary>
    public static IReadOnlyList<Finding> Explain(DiagnosedJob job)
    {
        Finding[] findings =
        [
            .. OfStatus(job), .. OfProblems(job), .. OfInput(job), .. OfDeadLetters(job), .. OfWatermark(job), .. OfOperators(job),
            .. OfPressure(job), .. OfCheckpoints(job), .. OfOutput(job),
        ];
        return findings.Length > 0
            ? findings
            : [new Finding(FindingKind.Unknown, "Nothing is seen that holds output back", "The tasks run and report, and no operator drops rows.")];
    }

    private static IEnumerable<Finding> OfStatus(DiagnosedJob job)
    {
        if (job.WaitsFor is { } reason)
        {
            yield return new Finding(FindingKind.NoSlots, "The job waits for slots", reason)
            {
                Change = "Start another worker, or submit the job with a lower parallelism (-p), or set jobmanager.scheduler: adaptive.",
            };
        }
        else if (job.Status is not JobStatus.Running)
        {
            string name = job.Status.ToString().ToUpperInvariant();
            yield return new Finding(FindingKind.NotRunning, $"The job is {name}", job.Failure ?? "Its tasks do not run.");
        }
    }

    private static IEnumerable<Finding> OfProblems(DiagnosedJob job) =>
        job.Metrics.Problems.Select(problem => new Finding(FindingKind.ExternalProblem, $"{problem.Key} has a problem", problem.Value));

    private static IEnumerable<Finding> OfInput(DiagnosedJob job)
    {
        foreach ((JobVertex vertex, TaskInfo[] tasks) in VerticesOf(job).Where(one => one.Vertex.Head.Inputs.Count == 0))
        {
            TaskFigures[] figures = FiguresOf(tasks);
            if (tasks.Length > 0 && figures.Length == tasks.Length && figures.Sum(one => one.RecordsIn) == 0)
            {
                long pending = figures.SelectMany(one => one.Splits).Sum(split => split.Pending ?? 0);
                int splits = figures.Sum(one => one.Splits.Count);
                yield return new Finding(
                    FindingKind.NoInput,
                    $"{vertex.Head.Name} has read nothing",
                    Text($"It has {splits} splits, and {(pending > 0 ? $"{pending} records wait in them" : "none is known to have records")}."))
                {
                    Change = pending > 0 ? null : "Check the name of its topic or files, and where it starts to read: does anybody write to it?",
                };
            }
        }
    }

    private static IEnumerable<Finding> OfDeadLetters(DiagnosedJob job)
    {
        long failed = job.Metrics.DeadLetters.Values.Sum();
        if (failed > 0 && 2 * failed > job.Metrics.RecordsRead)
        {
            string example = job.Metrics.DeadLetterExamples.Values.FirstOrDefault() ?? "";
            yield return new Finding(
                FindingKind.DeadLetters, Text($"{failed} of {job.Metrics.RecordsRead} records could not become rows"), $"One of them: {example}")
            {
                Change = "Check the format of the source and the limits of its event times.",
            };
        }
    }

    // Only where something waits for event time.
    private static IEnumerable<Finding> OfWatermark(DiagnosedJob job)
    {
        if (job.Status is not JobStatus.Running || job.Graph?.Vertices.SelectMany(vertex => vertex.Nodes).Any(node => node.UsesEventTime) != true)
        {
            yield break;
        }

        (JobVertex Vertex, TaskInfo Task, SplitFlow Split)[] splits =
        [
            .. from one in VerticesOf(job)
               from task in one.Tasks
               from split in task.Figures?.Splits ?? []
               select (one.Vertex, task, split),
        ];
        (JobVertex Vertex, TaskInfo Task, SplitFlow Split)[] active = [.. splits.Where(one => one.Split.State == SplitState.Active)];
        if (splits.Any(one => one.Split.State == SplitState.Idle) && active.Length == 0)
        {
            yield return new Finding(
                FindingKind.AllIdle, "All splits are idle", "No record has come for a while, so event time stands still and open windows stay open.")
            {
                Change = "Set WatermarkStrategy.AdvanceWhileIdle of the source, so that event time goes on with the clock.",
            };
        }

        if (active.Length > 0 && active.MinBy(one => one.Split.Watermark) is var held && IsBehind(held.Split, job.Now))
        {
            yield return HeldBy(held.Vertex, held.Task, held.Split, job.Now);
        }
    }

    private static bool IsBehind(SplitFlow split, DateTimeOffset now) =>
        split.Watermark == EventTime.MinValue || EventTime.From(now).MillisecondsSince(split.Watermark) > LongLag.TotalMilliseconds;

    private static Finding HeldBy(JobVertex vertex, TaskInfo task, SplitFlow split, DateTimeOffset now)
    {
        bool isEmpty = split.Offset is null;
        string worker = task.Slot is { } slot ? $" on {slot.Worker.Name}" : "";
        string where = Text($"split {split.Name} of {vertex.Head.Name}, subtask {task.Task.Subtask + 1}{worker}");
        string since = split.Watermark == EventTime.MinValue ? "it has no watermark yet" : $"its watermark is {Behind(split, now)} behind the clock";
        return new Finding(
            FindingKind.WatermarkHeld,
            isEmpty ? "A split without records holds the watermark back" : "A split holds the watermark back",
            $"Windows wait for {where}: {since}{(split.Pending is > 0 ? Text($", and {split.Pending} records wait in it") : "")}.")
        {
            Change = split.Pending is > 0
                ? "It is behind: give the job a higher parallelism, or look for a bottleneck."
                : "Set WatermarkStrategy.IdleAfter of the source, so that a split without records does not hold others back.",
        };
    }

    private static string Behind(SplitFlow split, DateTimeOffset now) =>
        Durations.Format(TimeSpan.FromSeconds(Math.Truncate(split.Watermark.Behind(now).TotalSeconds)));

    private static IEnumerable<Finding> OfOperators(DiagnosedJob job)
    {
        foreach ((JobVertex vertex, TaskInfo[] tasks) in VerticesOf(job))
        {
            foreach (StreamNode node in vertex.Nodes)
            {
                OperatorFlow[] flows = [.. FiguresOf(tasks).SelectMany(one => one.Operators).Where(flow => flow.Operator == node.Id)];
                long into = flows.Sum(flow => flow.In);
                long late = flows.Sum(flow => flow.Late);
                if (late > 0)
                {
                    yield return new Finding(FindingKind.LateRows, Text($"{node.Name} has dropped {late} late rows"), Text($"{into} rows came in."))
                    {
                        Change = "Raise WatermarkStrategy.OutOfOrderness of the source, or Lateness of the window.",
                    };
                }

                if (into > 0 && flows.Sum(flow => flow.Filtered) == into)
                {
                    yield return new Finding(
                        FindingKind.Filtered, $"{node.Name} drops all rows", Text($"Its condition held for none of {into} rows."))
                    {
                        Change = "Check the condition, and the settings that it uses.",
                    };
                }
            }
        }
    }

    // The first vertex that is busy and not held back itself is what holds back those before it.
    private static IEnumerable<Finding> OfPressure(DiagnosedJob job)
    {
        (JobVertex Vertex, TaskRates[] Rates)[] vertices =
            [.. VerticesOf(job).Select(one => (one.Vertex, FiguresOf(one.Tasks).Select(figures => figures.Rates).OfType<TaskRates>().ToArray()))];
        bool isPressed = vertices.Any(one => one.Rates.Any(rates => rates.BackPressure == BackPressureLevel.High));
        foreach ((JobVertex vertex, TaskRates[] rates) in vertices.Where(one => isPressed && one.Rates.Length > 0))
        {
            double busy = rates.Max(one => one.Busy);
            if (busy >= BusyBottleneck && rates.Max(one => one.BackPressured) < 1 - BusyBottleneck)
            {
                yield return new Finding(
                    FindingKind.Bottleneck,
                    $"{vertex.Name} is the bottleneck",
                    Text($"A subtask of it is busy for {100 * busy:0} % of the time, and what comes before it waits."))
                {
                    Change = "Give it a higher parallelism, or look at its subtasks: one of them may have more keys than the others.",
                };
            }
        }
    }

    private static IEnumerable<Finding> OfCheckpoints(DiagnosedJob job)
    {
        if (job.Checkpoints is { ConsecutiveFailures: > 0, LastFailed: { } failed })
        {
            yield return new Finding(
                FindingKind.CheckpointsFail,
                Text($"The last {job.Checkpoints.ConsecutiveFailures} checkpoints have failed"),
                $"Sinks that write exactly once commit with checkpoints only. {failed.Failure}");
        }
    }

    private static IEnumerable<Finding> OfOutput(DiagnosedJob job)
    {
        double rate = VerticesOf(job).Where(one => one.Vertex.Nodes.Any(node => node.Kind == SinkKind))
            .SelectMany(one => FiguresOf(one.Tasks)).Sum(figures => figures.Rates?.RecordsOut ?? 0);
        if (rate > 0)
        {
            yield return new Finding(
                FindingKind.OutputFlows, "Output flows", Text($"Sinks write {rate:0.#} rows a second, {job.Metrics.Acknowledged} so far."));
        }
        else if (job.Metrics.Acknowledged > 0 && job.Status is JobStatus.Running)
        {
            yield return new Finding(
                FindingKind.OutputFlows,
                Text($"{job.Metrics.Acknowledged} rows are written so far"),
                "None in the last seconds: windows write when they close.");
        }
    }

    private static IEnumerable<(JobVertex Vertex, TaskInfo[] Tasks)> VerticesOf(DiagnosedJob job)
    {
        ILookup<Core.Identity.VertexId, TaskInfo> tasks = job.Tasks.ToLookup(task => task.Task.Vertex);
        return job.Graph?.Vertices.Select(vertex => (vertex, tasks[vertex.Id].Where(task => task.State is ExecutionState.Running).ToArray())) ?? [];
    }

    private static TaskFigures[] FiguresOf(IEnumerable<TaskInfo> tasks) => [.. tasks.Select(task => task.Figures).OfType<TaskFigures>()];

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
