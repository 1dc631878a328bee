using QueryStream.Runtime.Reading;
using QueryStream.Runtime.Tasks;
using QueryStream.Wire.State;

namespace QueryStream.Worker.Agent;

/// <content>Passes questions about keyed state on to the task that owns the key; the task answers in a turn of its own.</content>
internal sealed partial class WorkerAgent
{
    protected override void OnDropped(in AgentMessage message)
    {
        if (message is AgentMessage.ReadState read)
        {
            NotOwner(read, "the worker has stopped");
        }
    }

    private void Read(AgentMessage.ReadState read)
    {
        StateQuery query = read.Query;

        // Only the attempt that the asker means: a later one may have another state, and an earlier one is not to be trusted.
        if (Find(query.Task.Job, query.Attempt) is not { State: HostedRegionState.Running } region
            || region.Find(query.Task) is not { HasEnded: false } task)
        {
            NotOwner(read, $"attempt {query.Attempt} of the task does not run on {_options.Worker}");
            return;
        }

        task.Tell(TaskMessage.ReadState(new StateRead(query.Operator, query.Group, query.Key, result => read.Answer.TrySetResult(AnswerOf(result)))));
    }

    private static void NotOwner(AgentMessage.ReadState read, string reason) =>
        read.Answer.TrySetResult(new StateAnswer(StateOutcome.NotOwner, reason));

    private static StateAnswer AnswerOf(StateReadResult result) => result switch
    {
        StateReadResult.Found found => new StateAnswer(StateOutcome.Found, found.Json),
        StateReadResult.Refused refused => new StateAnswer(StateOutcome.Refused, refused.Reason),
        StateReadResult.NotOwner other => new StateAnswer(StateOutcome.NotOwner, other.Reason),
        _ => throw new InvalidOperationException($"A task does not answer {result}."),
    };
}
