namespace QueryStream.Connectors.Kafka;

/// <summary>A topic that exists.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Partitions">The numbers of its partitions, in order.</param>
public sealed record KafkaTopic(string Name, IReadOnlyList<int> Partitions);
