using System.Collections.Immutable;
using System.Globalization;
using QueryStream.Core.Errors;
using QueryStream.Core.Identity;

namespace QueryStream.Coordinator.Jobs;

/// <summary>Keeps the job's failures and the ends of its former attempts, for whoever looks at it.</summary>
internal sealed partial class JobMaster
{
    // Those of one task; Flink keeps 16, of which nobody has use for the oldest.
    private const int MaxFormerAttempts = 4;

    // The newest first.
    private ImmutableList<JobFailure> _failures = [];

    // By task, the newest first.
    private readonly Dictionary<TaskId, ImmutableList<TaskInfo>> _formerAttempts = [];
    private IReadOnlyList<TaskInfo> _formerTasks = [];

    private void RecordFailure(QueryStreamException failure, int? restart)
    {
        TaskExecution? task = failure is TaskFailedException failed ? TaskOf(failed) : null;
        JobFailure entry = new(Context.Time.GetUtcNow(), failure)
        {
            Task = task is null ? null : string.Create(CultureInfo.InvariantCulture, $"{task.DisplayName} - execution #{task.Attempt.Number}"),
            Worker = (failure as WorkerLostException)?.Worker ?? task?.Slot?.Worker,
            Restart = restart,
        };
        _failures = _failures.Insert(0, entry);
        _failures = _failures.Count > JobFailure.MaxKept ? _failures.RemoveAt(_failures.Count - 1) : _failures;
        _changed = true;
    }

    private TaskExecution? TaskOf(TaskFailedException failure) => Tasks.FirstOrDefault(task =>
        task.Id.Subtask == failure.Subtask && task.Vertex.Nodes.Any(node => node.Name == failure.OperatorName));

    private void KeepFormer(RegionExecution before)
    {
        foreach (TaskExecution task in before.Tasks)
        {
            ImmutableList<TaskInfo> kept = _formerAttempts.GetValueOrDefault(task.Id, []).Insert(0, task.ToInfo());
            _formerAttempts[task.Id] = kept.Count > MaxFormerAttempts ? kept.RemoveAt(kept.Count - 1) : kept;
        }

        _formerTasks = [.. _formerAttempts.Values.SelectMany(attempts => attempts).OrderByDescending(task => task.Attempt.Number)];
    }
}
