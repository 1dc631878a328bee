using QueryStream.Core.Identity;
using QueryStream.Runtime.Exchange;
using QueryStream.Streams.Graph;

namespace QueryStream.Runtime.Snapshots;

/// <summary>
/// Which tasks of a job that is restored have nothing to do, since they had ended when the snapshot was taken. A vertex of which all subtasks had ended
/// has ended at any parallelism. Where only some had, as sources do whose splits differ, each of them has if their number is the same; else who has
/// read what is dealt out anew, and all of them run again, with the state and the positions that there were. Used by one thread.
/// </summary>
/// <param name="restored">The snapshot.</param>
/// <param name="graph">The job.</param>
internal sealed class EndedTasks(JobSnapshot restored, JobGraph graph)
{
    private readonly Dictionary<VertexId, bool[]> _bySubtask = [];

    /// <summary>Whether a subtask had ended. Not where something sends to it that has not, as a job may that was changed.</summary>
    public bool Has(JobVertex vertex, int subtask) => Of(vertex)[subtask];

    private bool[] Of(JobVertex vertex)
    {
        if (_bySubtask.TryGetValue(vertex.Id, out bool[]? ended))
        {
            return ended;
        }

        ended = OwnOf(vertex);
        for (int subtask = 0; subtask < ended.Length; subtask++)
        {
            ended[subtask] = ended[subtask] && ChannelLayout.Incoming(graph, vertex, subtask).TrueForAll(channel => Of(channel.Edge.From)[channel.Id.From]);
        }

        _bySubtask.Add(vertex.Id, ended);
        return ended;
    }

    // What the snapshot says of the vertex alone.
    private bool[] OwnOf(JobVertex vertex)
    {
        bool[] before = restored.Find(vertex.Head.Id) is { } head
            ? [.. SnapshotInProgress.EndsOf(new StateReader(head, graph.KeyGroups, 0, vertex.Parallelism)).OrderBy(one => one.Subtask).Select(one => one.HasEnded)]
            : [];
        if (before.Length == vertex.Parallelism)
        {
            return before;
        }

        bool[] now = new bool[vertex.Parallelism];
        Array.Fill(now, before.Length > 0 && Array.TrueForAll(before, hasEnded => hasEnded));
        return now;
    }
}
