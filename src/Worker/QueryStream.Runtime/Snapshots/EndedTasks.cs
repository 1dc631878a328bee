using QueryStream.Runtime.Exchange;
using QueryStream.Streams.Graph;

namespace QueryStream.Runtime.Snapshots;

/// <summary>
/// Which tasks of a job that is restored have nothing to do, since they had ended when the snapshot was taken. A vertex of which all subtasks had ended
/// has ended at any parallelism. Where only some had, as sources do whose splits differ, each of them has if their number is the same; else who has
/// read what is dealt out anew, and all of them run again, with the state and the positions that there were.
/// </summary>
/// <param name="restored">The snapshot.</param>
/// <param name="graph">The job.</param>
internal sealed class EndedTasks(JobSnapshot restored, JobGraph graph)
{
    /// <summary>Whether a subtask had ended. Not where something sends to it that has not, as a job may that was changed.</summary>
    public bool Has(JobVertex vertex, int subtask)
    {
        if (restored.Find(vertex.Head.Id) is not { } head)
        {
            return false;
        }

        bool[] ends = [.. SnapshotInProgress.EndsOf(new StateReader(head, graph.KeyGroups, subtask, vertex.Parallelism)).OrderBy(one => one.Subtask).Select(one => one.HasEnded)];
        return ends.Length > 0
            && (Array.TrueForAll(ends, hasEnded => hasEnded) || (ends.Length == vertex.Parallelism && ends[subtask]))
            && ChannelLayout.Incoming(graph, vertex, subtask).TrueForAll(channel => Has(channel.Edge.From, channel.From));
    }
}
