using QueryStream.Core.Actors;
using QueryStream.Runtime.Exchange;

namespace QueryStream.Runtime.Tasks;

/// <summary>Starts tasks.</summary>
public static class TaskRunner
{
    /// <summary>
    /// Starts a task, which then waits for <see cref="TaskMessage.Run"/>: sent when all tasks of the attempt are deployed, since it connects its
    /// channels then.
    /// </summary>
    public static TaskHandle Start(Executor executor, TaskDeployment deployment, TaskEnvironment environment)
    {
        TaskContext context = new(deployment, environment, executor.Time);
        ActorRef<TaskMessage> mailbox = executor.Start(deployment.DisplayName, new StreamTask(context));
        return new TaskHandle(mailbox, new TaskEndpoint(deployment, mailbox), context.Metrics);
    }
}

/// <summary>A task as its worker sees it.</summary>
/// <param name="Mailbox">Where it takes orders of its worker; stopped once its end is reported.</param>
/// <param name="Endpoint">What other tasks connect to.</param>
/// <param name="Metrics">What it counts.</param>
public sealed record TaskHandle(ActorRef<TaskMessage> Mailbox, TaskEndpoint Endpoint, TaskMetrics Metrics);
