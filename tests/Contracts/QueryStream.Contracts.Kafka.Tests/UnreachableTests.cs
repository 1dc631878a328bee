using System.Diagnostics;
using QueryStream.Connectors.Kafka;
using QueryStream.Core.Errors;
using QueryStream.TestKit.Connectors;
using QueryStream.Testing.Kafka;
using QueryStream.TestKit.Logging;

namespace QueryStream.Contracts.Kafka.Tests;

/// <summary>The error of a source that cannot reach Kafka.</summary>
public sealed class UnreachableTests
{
    [Fact]
    public Task A_source_without_a_broker_or_with_an_unknown_host_fails_within_ten_seconds() => Task.WhenAll(
        AssertUnavailableAsync(Clients(), KafkaServer.UnusedAddress(), "any"), AssertUnavailableAsync(Clients(), "kafka.invalid:9092", "any"));

    internal static async Task AssertUnavailableAsync(IKafkaClients clients, string address, string topic)
    {
        KafkaSourceOptions options = new() { BootstrapServers = address, Topic = topic };
        await using SourceHarness<string> source = new(
            job => job.Kafka<string>("texts", options).Format(new GoodTexts()), 0, 1, TimeProvider.System, clients);
        long start = Stopwatch.GetTimestamp();

        ServiceUnavailableException error = await Assert.ThrowsAsync<ServiceUnavailableException>(source.OpenAsync);

        Assert.InRange(Stopwatch.GetElapsedTime(start).TotalSeconds, 0, 10);
        Assert.Matches(
            $@"^Kafka not available at {address.Replace(".", "\\.", StringComparison.Ordinal)} \(.+\); setting --kafka or KAFKA_BOOTSTRAP_SERVERS$",
            error.Message);
        Assert.Equal(("Kafka", address), (error.Service, error.Address));
    }

    private static LibrdkafkaClients Clients() => new(TimeProvider.System, new LogCollector());
}
