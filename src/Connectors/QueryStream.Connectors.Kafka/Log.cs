using Microsoft.Extensions.Logging;

namespace QueryStream.Connectors.Kafka;

/// <summary>What the Kafka connector logs: ids 2000 to 2099.</summary>
internal static partial class Log
{
    [LoggerMessage(2001, LogLevel.Debug, "librdkafka {Version} from {Path}")]
    public static partial void Library(this ILogger logger, string version, string path);

    [LoggerMessage(2010, LogLevel.Warning, "Kafka at {Address} does not respond ({Problem}); retrying, nothing is lost")]
    public static partial void ClusterDown(this ILogger logger, string address, string problem);

    [LoggerMessage(2011, LogLevel.Information, "Kafka at {Address} responds again after {Seconds:F1} s")]
    public static partial void ClusterUp(this ILogger logger, string address, double seconds);

    [LoggerMessage(2012, LogLevel.Error, "Kafka client of {Address}: {Problem}")]
    public static partial void FatalClientError(this ILogger logger, string address, string problem);

    [LoggerMessage(2013, LogLevel.Debug, "Kafka client of {Address}: {Problem}")]
    public static partial void ClientProblem(this ILogger logger, string address, string problem);

    [LoggerMessage(2014, LogLevel.Debug, "Fetching the end offsets of partitions without records from Kafka at {Address} failed: {Problem}")]
    public static partial void EndsUnknown(this ILogger logger, string address, string problem);

    [LoggerMessage(2020, LogLevel.Critical, "librdkafka {Facility}: {Text}")]
    public static partial void NativeCritical(this ILogger logger, string facility, string text);

    [LoggerMessage(2021, LogLevel.Warning, "librdkafka {Facility}: {Text}")]
    public static partial void NativeWarning(this ILogger logger, string facility, string text);

    [LoggerMessage(2022, LogLevel.Debug, "librdkafka {Facility}: {Text}")]
    public static partial void NativeInformation(this ILogger logger, string facility, string text);

    [LoggerMessage(2023, LogLevel.Trace, "librdkafka {Facility}: {Text}")]
    public static partial void NativeDebug(this ILogger logger, string facility, string text);

    [LoggerMessage(2030, LogLevel.Warning, "Records of {Topic} [{Partition}] cannot be fetched at offset {Offset}: {Problem}")]
    public static partial void FetchProblem(this ILogger logger, string topic, int partition, long offset, string problem);

    [LoggerMessage(2031, LogLevel.Warning, "The record at {Topic} [{Partition}] offset {Offset} is unreadable and was skipped: {Problem}")]
    public static partial void UnreadableRecord(this ILogger logger, string topic, int partition, long offset, string problem);

    [LoggerMessage(2032, LogLevel.Warning,
        "{Topic} [{Partition}] has no offset {Offset} (it holds {Low} to {High}): continuing at {Low}")]
    public static partial void OffsetOutOfRange(this ILogger logger, string topic, int partition, long offset, long low, long high);

    [LoggerMessage(2040, LogLevel.Warning, "Offsets of group {Group} on {Topic} could not be committed ({Problem}); the next commit repeats them")]
    public static partial void CommitFailed(this ILogger logger, string group, string topic, string problem);

    [LoggerMessage(2041, LogLevel.Information, "Reading {Topic}: {Count} of {Total} partitions, from {Start}{End}")]
    public static partial void SourceOpened(this ILogger logger, string topic, int count, int total, string start, string end);

    [LoggerMessage(2043, LogLevel.Warning, "Topic {Topic} of Kafka at {Address} was deleted: nothing is read until it exists again")]
    public static partial void TopicDeleted(this ILogger logger, string topic, string address);

    [LoggerMessage(2044, LogLevel.Warning,
        "Topic {Topic} was deleted and recreated (old id {Old}, new id {New}): reading the new one, with {Count} partitions, from its beginning")]
    public static partial void TopicRecreated(this ILogger logger, string topic, string old, string @new, int count);

    [LoggerMessage(2045, LogLevel.Information, "Topic {Topic} can be read again")]
    public static partial void TopicBack(this ILogger logger, string topic);

    [LoggerMessage(2046, LogLevel.Warning, "Topic {Topic} cannot be looked up: {Problem}")]
    public static partial void TopicRefused(this ILogger logger, string topic, string problem);

    [LoggerMessage(2047, LogLevel.Warning,
        "{Topic} [{Partition}] has {Count} records from offset {Offset} that could not be read for 30 s (an open transaction?); event time waits")]
    public static partial void PartitionStalled(this ILogger logger, string topic, int partition, long count, long offset);

    [LoggerMessage(2050, LogLevel.Warning,
        "The transaction of {Writer} for committable {Committable} has failed and is repeated if it is missing: {Problem}")]
    public static partial void TransactionRepeated(this ILogger logger, string writer, long committable, string problem);

    [LoggerMessage(2051, LogLevel.Information,
        "Kafka sink {Sink}: {Missing} of {Count} committables of the restored checkpoint were not visible yet and were written")]
    public static partial void CommittablesReplayed(this ILogger logger, string sink, int missing, int count);

    [LoggerMessage(2052, LogLevel.Warning,
        "Kafka sink {Sink} writes exactly once, and the job takes no checkpoints: its output becomes visible when the job ends")]
    public static partial void NoCheckpoints(this ILogger logger, string sink);

    [LoggerMessage(2053, LogLevel.Debug, "The open transaction of {Writer} could not be aborted: {Problem}")]
    public static partial void AbortFailed(this ILogger logger, string writer, string problem);

    [LoggerMessage(2042, LogLevel.Information,
        "Topic {Topic} has {Count} partitions, before {Known}; this subtask reads {Own} of the new ones from their beginning")]
    public static partial void TopicHasGrown(this ILogger logger, string topic, int count, int known, int own);

    [LoggerMessage(2054, LogLevel.Debug, "Kafka at {Address} has not responded for {Seconds:0} s; it is asked by a new client")]
    public static partial void ClientRenewed(this ILogger logger, string address, double seconds);
}
