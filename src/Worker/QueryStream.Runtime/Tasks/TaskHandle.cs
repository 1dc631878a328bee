using QueryStream.Core.Actors;

namespace QueryStream.Runtime.Tasks;

/// <summary>A task as its worker sees it.</summary>
/// <param name="Mailbox">Where it takes messages; stopped once its fate is reported.</param>
/// <param name="Metrics">What it counts.</param>
public sealed record TaskHandle(ActorRef<TaskMessage> Mailbox, TaskMetrics Metrics);
