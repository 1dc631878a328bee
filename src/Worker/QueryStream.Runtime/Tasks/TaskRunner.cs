using QueryStream.Core.Actors;
using QueryStream.Runtime.Exchange;

namespace QueryStream.Runtime.Tasks;

/// <summary>Starts tasks.</summary>
public static class TaskRunner
{
    /// <summary>
    /// Starts a task, which then waits for <see cref="TaskMessage.Run"/>. The message is sent when all tasks of the attempt are deployed, since the
    /// task then connects its channels.
    /// </summary>
    public static TaskHandle Start(Executor executor, TaskDeployment deployment, TaskEnvironment environment)
    {
        TaskContext context = new(deployment, environment, executor.Time);
        ActorRef<TaskMessage> mailbox = executor.Start(deployment.DisplayName, new StreamTask(context));
        return new TaskHandle(mailbox, new TaskEndpoint(deployment, mailbox, context.Peers), context.Metrics);
    }
}

/// <summary>A task as its worker sees it.</summary>
/// <param name="Mailbox">Receives commands of the worker. It is stopped when the end of the task is reported.</param>
/// <param name="Endpoint">The end of its channels that other tasks connect to.</param>
/// <param name="Metrics">Its metrics.</param>
public sealed record TaskHandle(ActorRef<TaskMessage> Mailbox, TaskEndpoint Endpoint, TaskMetrics Metrics);
