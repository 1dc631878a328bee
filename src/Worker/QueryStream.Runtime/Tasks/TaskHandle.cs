using QueryStream.Core.Actors;
using QueryStream.Runtime.Exchange;

namespace QueryStream.Runtime.Tasks;

/// <summary>A task as its worker sees it.</summary>
/// <param name="Mailbox">Where it takes orders of its worker; stopped once its end is reported.</param>
/// <param name="Endpoint">What other tasks connect to.</param>
/// <param name="Metrics">What it counts.</param>
public sealed record TaskHandle(ActorRef<TaskMessage> Mailbox, TaskEndpoint Endpoint, TaskMetrics Metrics);
