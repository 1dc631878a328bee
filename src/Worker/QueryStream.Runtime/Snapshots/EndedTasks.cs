using QueryStream.Checkpoints.Snapshots;
using QueryStream.Core.Identity;
using QueryStream.Runtime.Exchange;
using QueryStream.Streams.Graph;

namespace QueryStream.Runtime.Snapshots;

/// <summary>
/// The tasks of a restored job that had ended before the snapshot, and so have nothing to do. If all subtasks of a vertex had ended, the vertex stays
/// ended at any parallelism. If only some had, such as subtasks of a source with short splits, they stay ended at the same parallelism. At another
/// parallelism splits and keys are redistributed, so all subtasks run again from the state and the positions of the snapshot. Used by one thread.
/// </summary>
/// <param name="restored">The snapshot.</param>
/// <param name="graph">The job.</param>
internal sealed class EndedTasks(JobSnapshot restored, JobGraph graph)
{
    private readonly Dictionary<VertexId, bool[]> _bySubtask = [];

    /// <summary>Whether a subtask has ended. False if one of its senders has not, as in a changed job.</summary>
    public bool Has(JobVertex vertex, int subtask) => Of(vertex)[subtask];

    /// <summary>
    /// The share of a subtask in list states. Subtasks that have ended get none while others of their vertex run: they only write their state again,
    /// so what they got would never be processed.
    /// </summary>
    public ListShare ShareOf(JobVertex vertex, int subtask)
    {
        bool[] ended = Of(vertex);
        int running = ended.Count(hasEnded => !hasEnded);
        return running == 0 ? new ListShare(subtask, vertex.Parallelism)
            : ended[subtask] ? ListShare.None
            : new ListShare(ended.Take(subtask).Count(hasEnded => !hasEnded), running);
    }

    private bool[] Of(JobVertex vertex)
    {
        if (_bySubtask.TryGetValue(vertex.Id, out bool[]? ended))
        {
            return ended;
        }

        ended = OwnOf(vertex);
        for (int subtask = 0; subtask < ended.Length; subtask++)
        {
            ended[subtask] = ended[subtask]
                && ChannelLayout.Incoming(graph, vertex, subtask).TrueForAll(channel => Of(channel.Edge.From)[channel.Id.From]);
        }

        _bySubtask.Add(vertex.Id, ended);
        return ended;
    }

    // According to the snapshot, without looking at the senders.
    private bool[] OwnOf(JobVertex vertex)
    {
        bool[] before = [.. restored.ProgressOf(vertex.Id).Select(task => task.HasEnded)];
        if (before.Length == vertex.Parallelism)
        {
            return before;
        }

        bool[] now = new bool[vertex.Parallelism];
        Array.Fill(now, before.Length > 0 && Array.TrueForAll(before, hasEnded => hasEnded));
        return now;
    }
}
