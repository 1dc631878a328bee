using QueryStream.Core.Identity;
using QueryStream.Core.Time;

namespace QueryStream.Runtime.Snapshots;

/// <summary>A barrier on its way through the operators of one task. Used in the task's turns.</summary>
/// <param name="checkpoint">The barrier's checkpoint.</param>
/// <param name="keyGroups">The job's number of key groups.</param>
internal sealed class SnapshotInProgress(CheckpointId checkpoint, int keyGroups)
{
    // Among the states of a task's first operator.
    private const string TaskWatermark = "task.watermark";
    private const string TaskEnd = "task.end";

    private readonly Dictionary<IStatefulOperator, OperatorSnapshot> _operators = [];

    /// <summary>The barrier's checkpoint.</summary>
    public CheckpointId Checkpoint { get; } = checkpoint;

    /// <summary>The number of operators that have given their state.</summary>
    public int Count => _operators.Count;

    /// <summary>Whether an operator has given its state.</summary>
    public bool Has(IStatefulOperator stateful) => _operators.ContainsKey(stateful);

    /// <summary>Takes the state of one operator.</summary>
    public void Take(IStatefulOperator stateful)
    {
        StateWriter writer = new(keyGroups);
        stateful.Snapshot(writer);
        if (!_operators.TryAdd(stateful, new OperatorSnapshot(stateful.Id, stateful.Name, writer.Complete())))
        {
            throw new InvalidOperationException($"Operator '{stateful.Name}' was asked for its state twice by checkpoint {Checkpoint}.");
        }
    }

    /// <summary>The whole, with what the task itself knows of time. One that has ended has come to the end of time, and so never holds the others back.</summary>
    public TaskSnapshot Complete(TaskId task, OperatorId head, string headName, EventTime watermark, bool hasEnded)
    {
        StateWriter writer = new(keyGroups);
        writer.List<EventTime>(TaskWatermark).Add(hasEnded ? EventTime.MaxValue : watermark);
        writer.List<(int, bool)>(TaskEnd).Add((task.Subtask, hasEnded));
        return new TaskSnapshot(task, Checkpoint, [.. _operators.Values, new OperatorSnapshot(head, headName, writer.Complete())])
        {
            KeyGroups = keyGroups,
        };
    }

    /// <summary>Whether a state is what tasks know of themselves, which is no loss where they have nothing else.</summary>
    public static bool IsOfTask(StateSnapshot state) => state.Name is TaskWatermark or TaskEnd;

    /// <summary>The subtasks that there were, and whether they had ended.</summary>
    public static IEnumerable<(int Subtask, bool HasEnded)> EndsOf(StateReader head) => head.Union<(int, bool)>(TaskEnd);

    /// <summary>The watermark of the subtask that was furthest behind: all of them had come that far.</summary>
    public static EventTime WatermarkOf(StateReader head)
    {
        EventTime[] watermarks = [.. head.Union<EventTime>(TaskWatermark)];
        return watermarks.Length == 0 ? EventTime.MinValue : watermarks.Min();
    }
}
