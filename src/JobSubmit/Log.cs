using Microsoft.Extensions.Logging;

namespace QueryStream.JobSubmit;

/// <summary>What the command line logs: ids 3300 to 3349.</summary>
internal static partial class Log
{
    [LoggerMessage(3300, LogLevel.Information, "✓ Kafka source table created: topic '{Topic}' with {Partitions} partitions at {Address}")]
    public static partial void SourceFound(ILogger logger, string topic, int partitions, string address);

    [LoggerMessage(3306, LogLevel.Information, "✓ Kafka topic '{Topic}' found: {Partitions} partitions at {Address}")]
    public static partial void TopicFound(ILogger logger, string topic, int partitions, string address);

    [LoggerMessage(3301, LogLevel.Information, "✓ All aggregation queries created: '{Name}' with parallelism {Parallelism}")]
    public static partial void GraphDeployed(ILogger logger, string name, int parallelism);

    [LoggerMessage(3303, LogLevel.Information, "Filling topic '{Topic}' with {Events} events")]
    public static partial void Filling(ILogger logger, string topic, long events);

    [LoggerMessage(
        3304,
        LogLevel.Warning,
        "Topic '{Topic}' exists and keeps its {Partitions} partitions: --partitions {Wanted} applies only to a topic that is created")]
    public static partial void PartitionsStay(ILogger logger, string topic, int partitions, int wanted);

    [LoggerMessage(3305, LogLevel.Information, "✓ Job '{Name}' deployed with parallelism {Parallelism}")]
    public static partial void JobDeployed(ILogger logger, string name, int parallelism);

    [LoggerMessage(3307, LogLevel.Information, "Round {Round} of {Rounds}: {Faults}: over after {Duration}, {Events} events so far")]
    public static partial void Recovered(ILogger logger, int round, int rounds, string faults, string duration, long events);
}
