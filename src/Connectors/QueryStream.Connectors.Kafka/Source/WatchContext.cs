using Microsoft.Extensions.Logging;

namespace QueryStream.Connectors.Kafka.Source;

/// <summary>What a <see cref="PartitionWatch"/> is given by its source.</summary>
/// <param name="Time">The clock.</param>
/// <param name="Logger">Where to log.</param>
/// <param name="Wake">Wakes the task.</param>
internal readonly record struct WatchContext(TimeProvider Time, ILogger Logger, Action Wake);
