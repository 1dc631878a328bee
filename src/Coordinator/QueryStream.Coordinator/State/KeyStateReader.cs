using QueryStream.Core.Errors;
using QueryStream.Core.Keys;
using QueryStream.Core.Time;
using QueryStream.Streams.Graph;
using QueryStream.Wire.Control;
using QueryStream.Wire.State;

namespace QueryStream.Coordinator.State;

/// <summary>
/// Asks the owners of keys for their state. An answer counts only if the task that gave it is still the owner when it comes; otherwise the owner is
/// looked up and asked again, up to a limit. So an answer may be late, but is never that of a former owner. Safe on any thread.
/// </summary>
/// <param name="owners">Reaches the owners.</param>
/// <param name="time">The clock.</param>
public sealed class KeyStateReader(IKeyOwners owners, TimeProvider time)
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(100);

    // A question to a process that has just died is lost without an error.
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(2);

    /// <summary>Reads the state of a key.</summary>
    /// <exception cref="StateQueryException">There is no such operator or key, or the state cannot be shown.</exception>
    /// <exception cref="StateUnavailableException">The owner has not answered within the limit.</exception>
    public async Task<KeyState> ReadAsync(JobHandle job, KeyStateRequest request, CancellationToken cancellationToken)
    {
        long started = time.GetTimestamp();
        while (true)
        {
            string reason = "the job has not started";
            if (job.Graph is { } graph)
            {
                (KeyState? found, reason) = await TryReadAsync(job, graph, request, cancellationToken).ConfigureAwait(false);
                if (found is not null)
                {
                    return found;
                }
            }

            if (job.EndedAt is not null)
            {
                throw new StateUnavailableException($"Job {job.Id} has ended, and with it the state that its tasks held.");
            }

            if (time.GetElapsedTime(started) > request.Limit)
            {
                throw new StateUnavailableException(
                    $"No task has shown the state within {Durations.Format(request.Limit)}: {reason}. Job {job.Id} is {job.Status}. Try again.");
            }

            await Task.Delay(RetryDelay, time, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<(KeyState? State, string Reason)> TryReadAsync(
        JobHandle job, JobGraph graph, KeyStateRequest request, CancellationToken cancellationToken)
    {
        (JobVertex vertex, StreamNode node) = KeyedOperators.Find(graph, request.Operator);
        KeyAsJson key = request.IsJson ? node.StateKey!.ParseJson(request.Key) : node.StateKey!.Parse(request.Key);
        KeyGroup group = KeyGroup.Of(key.Hash, graph.KeyGroups);
        int subtask = graph.RoutingOf(vertex).SubtaskOf(group);
        if (OwnerOf(job, vertex, subtask) is not { } owner)
        {
            return (null, $"subtask {subtask + 1} of {vertex.Name} does not run");
        }

        StateQuery query = new(owner.Task, owner.Attempt, node.Id, group, key.Json);
        JobShard shard = new(job.Id, owner.JobSlot);
        StateAnswer? answer = await owners.AskAsync(shard, query, AnswerLimit, cancellationToken).ConfigureAwait(false);
        return answer switch
        {
            null => (null, $"{owner.Name} on {owner.Slot} has not answered for {Durations.Format(AnswerLimit)}"),
            { Outcome: StateOutcome.Refused } => throw new StateQueryException(answer.Text),
            { Outcome: StateOutcome.NotOwner } => (null, answer.Text),

            // The owner may have changed while the answer was on its way, and a process that is only cut off may still hold what was.
            _ when OwnerOf(job, vertex, subtask)?.Attempt != owner.Attempt => (null, $"{owner.Name} has moved"),
            _ => (new KeyState(owner, node.Name, node.Id, group, key.Json, answer.Text), ""),
        };
    }

    private static TaskInfo? OwnerOf(JobHandle job, JobVertex vertex, int subtask) => job.Tasks.FirstOrDefault(task =>
        task.Task.Vertex == vertex.Id && task.Task.Subtask == subtask && task is { State: ExecutionState.Running, Slot: not null });
}
