using System.Text;
using QueryStream.Connectors.Kafka;
using QueryStream.Core.Errors;
using QueryStream.TestKit.Connectors;
using QueryStream.TestKit.Logging;
using QueryStream.Testing.Kafka;

namespace QueryStream.Contracts.Kafka.Tests;

/// <summary>Sources and sinks over TLS with a password, with the documented properties, and the errors of wrong properties.</summary>
public sealed class SecuredTests : IClassFixture<SecuredFixture>, IDisposable
{
    private readonly SecuredFixture _fixture;
    private readonly LogCollector _logs = new();
    private readonly LibrdkafkaClients _clients;

    public SecuredTests(SecuredFixture fixture)
    {
        _fixture = fixture;
        _clients = new LibrdkafkaClients(TimeProvider.System, _logs);
    }

    public void Dispose() => AssertNoSecret(string.Join('\n', _logs.Lines.Select(line => line.Message)));

    [KafkaFact(ownServer: true)]
    public Task Rows_go_to_the_broker_and_back_by_PLAIN() => AssertRoundTripAsync("PLAIN");

    [KafkaFact(ownServer: true)]
    public Task Rows_go_to_the_broker_and_back_by_SCRAM() => AssertRoundTripAsync("SCRAM-SHA-256");

    [KafkaFact(ownServer: true)]
    public async Task A_wrong_password_is_an_error_that_names_the_properties_and_no_password()
    {
        foreach (string mechanism in (string[])["PLAIN", "SCRAM-SHA-256"])
        {
            foreach ((string name, string wrong) in ((string, string)[])[("sasl.password", "guessed-secret"), ("sasl.username", "nobody")])
            {
                string said = await RefusedAsync(Properties(mechanism, (name, wrong)));

                Assert.StartsWith($"Kafka at {_fixture.Server!.Address} refuses the login (", said, StringComparison.Ordinal);
                Assert.EndsWith("); check the properties sasl.mechanism, sasl.username and sasl.password", said, StringComparison.Ordinal);
            }
        }
    }

    [KafkaFact(ownServer: true)]
    public async Task A_mechanism_that_the_broker_does_not_have_is_an_error_that_names_the_property()
    {
        string said = await RefusedAsync(Properties("SCRAM-SHA-512"));

        Assert.Contains("SCRAM-SHA-512", said, StringComparison.Ordinal);
        Assert.Contains("sasl.mechanism", said, StringComparison.Ordinal);
    }

    [KafkaFact(ownServer: true)]
    public async Task A_broker_whose_certificate_is_not_trusted_is_an_error_that_names_the_property()
    {
        string said = await RefusedAsync(Properties("PLAIN", ("ssl.ca.location", _fixture.StrangerPath)));

        Assert.StartsWith($"No TLS connection to Kafka at {_fixture.Server!.Address} (", said, StringComparison.Ordinal);
        Assert.Contains("certificate verify failed", said, StringComparison.Ordinal);
        Assert.Contains("ssl.ca.location", said, StringComparison.Ordinal);
    }

    [KafkaFact(ownServer: true)]
    public async Task A_broker_whose_certificate_is_for_another_host_is_not_trusted()
    {
        string address = _fixture.Server!.Address.Replace("127.0.0.1", "localhost", StringComparison.Ordinal);

        string said = await RefusedAsync(Properties("PLAIN"), address);

        Assert.StartsWith($"No TLS connection to Kafka at {address} (", said, StringComparison.Ordinal);
    }

    [KafkaFact(ownServer: true)]
    public Task Without_TLS_the_error_names_the_protocol() => Task.WhenAll(new[] { "plaintext", "sasl_plaintext" }.Select(async protocol =>
    {
        ServiceUnavailableException error = await Assert.ThrowsAsync<ServiceUnavailableException>(
            () => OpenSinkAsync(Properties("PLAIN", ("security.protocol", protocol)), _fixture.Server!.Address, "any"));

        Assert.StartsWith($"Kafka not available at {_fixture.Server!.Address} (Disconnected", error.Message, StringComparison.Ordinal);
        Assert.Contains($"; perhaps it expects another security.protocol than {protocol})", error.Message, StringComparison.Ordinal);
        AssertNoSecret(error.ToString());
    }));

    [Fact]
    public async Task A_certificate_that_is_not_there_is_an_error_that_names_the_property()
    {
        SettingException error = await Assert.ThrowsAsync<SettingException>(
            () => OpenSinkAsync(Properties("PLAIN", ("ssl.ca.location", "no-such-file.pem")), KafkaServer.UnusedAddress(), "any"));

        Assert.Contains("ssl.ca.location", error.Message, StringComparison.Ordinal);
        AssertNoSecret(error.ToString());
    }

    [Fact]
    public async Task A_mechanism_that_the_library_lacks_is_an_error_that_names_it_and_the_way_to_another_library()
    {
        SettingException error = await Assert.ThrowsAsync<SettingException>(
            () => OpenSinkAsync(Properties("NO-SUCH-MECHANISM"), KafkaServer.UnusedAddress(), "any"));

        Assert.Contains("NO-SUCH-MECHANISM", error.Message, StringComparison.Ordinal);
        Assert.Contains("QUERYSTREAM_LIBRDKAFKA", error.Message, StringComparison.Ordinal);
        AssertNoSecret(error.ToString());
    }

    private static void AssertNoSecret(string text)
    {
        Assert.DoesNotContain(SecuredFixture.Password, text, StringComparison.Ordinal);
        Assert.DoesNotContain("guessed-secret", text, StringComparison.Ordinal);
    }

    private async Task AssertRoundTripAsync(string mechanism)
    {
        Dictionary<string, string> properties = Properties(mechanism);
        string topic = $"secured-{Guid.NewGuid():n}";
        string[] rows = [.. Enumerable.Range(0, 2_000).Select(row => $"row {row}")];
        await using (IKafkaAdmin admin = _clients.OpenAdmin(new KafkaConnection(_fixture.Server!.Address, "", properties)))
        {
            await admin.CreateTopicAsync(topic, 1, config: null, CancellationToken.None);
        }

        await using (SinkHarness<string> sink = await OpenSinkAsync(properties, _fixture.Server.Address, topic))
        {
            await sink.WriteWithBackpressureAsync(rows);
            await sink.FlushAsync();
        }

        KafkaSourceOptions options = new()
        {
            BootstrapServers = _fixture.Server.Address,
            Topic = topic,
            GroupId = topic,
            IsBounded = true,
            Properties = properties,
        };
        await using SourceHarness<string> source = new(
            job => job.Kafka<string>("texts", options).Format(new GoodTexts()), 0, 1, TimeProvider.System, _clients);
        await source.OpenAsync();
        await source.ReadToEndAsync();
        Assert.Equal(rows, source.Rows.Select(row => row.Row));
    }

    // Source and sink report the same error.
    private async Task<string> RefusedAsync(Dictionary<string, string> properties, string? address = null)
    {
        string at = address ?? _fixture.Server!.Address;
        ServiceRefusedException error = await Assert.ThrowsAsync<ServiceRefusedException>(() => OpenSinkAsync(properties, at, "any"));

        KafkaSourceOptions options = new() { BootstrapServers = at, Topic = "any", Properties = properties };
        await using SourceHarness<string> source = new(
            job => job.Kafka<string>("texts", options).Format(new GoodTexts()), 0, 1, TimeProvider.System, _clients);
        ServiceRefusedException same = await Assert.ThrowsAsync<ServiceRefusedException>(source.OpenAsync);
        AssertNoSecret($"{error}\n{same}");
        return same.Message;
    }

    private async Task<SinkHarness<string>> OpenSinkAsync(Dictionary<string, string> properties, string address, string topic)
    {
        KafkaSinkOptions options = new() { BootstrapServers = address, Topic = topic, Properties = properties };
        SinkHarness<string> sink = new(
            rows => rows.ToKafka("texts", options, static (in row, record) => Encoding.UTF8.GetBytes(row, record.Value)),
            SinkHarnessTask.New(),
            TimeProvider.System,
            _clients);
        try
        {
            await sink.OpenAsync();
            return sink;
        }
        catch
        {
            await sink.DisposeAsync();
            throw;
        }
    }

    // The properties in docs/connectors.md.
    private Dictionary<string, string> Properties(string mechanism, params ReadOnlySpan<(string Name, string Value)> instead)
    {
        Dictionary<string, string> properties = new()
        {
            ["security.protocol"] = "sasl_ssl",
            ["sasl.mechanism"] = mechanism,
            ["sasl.username"] = SecuredFixture.User,
            ["sasl.password"] = SecuredFixture.Password,
            ["ssl.ca.location"] = _fixture.TrustedPath,
        };
        foreach ((string name, string value) in instead)
        {
            properties[name] = value;
        }

        return properties;
    }
}
