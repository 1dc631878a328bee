namespace QueryStream.JobSubmit.Demo;

/// <summary>What a demo's topic is filled with.</summary>
/// <param name="Topic">Its name.</param>
/// <param name="Partitions">How many partitions it has.</param>
/// <param name="Rate">Events a second.</param>
/// <param name="Duration">When it ends; null: never.</param>
/// <param name="Seed">Decides everything about the events but their times.</param>
internal sealed record GeneratedKafkaOptions(string Topic, int Partitions, int Rate, TimeSpan? Duration, ulong Seed);
