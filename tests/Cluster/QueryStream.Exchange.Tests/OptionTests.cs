using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using QueryStream.Core.Errors;
using QueryStream.Exchange.Tests.Support;
using QueryStream.Worker;

namespace QueryStream.Exchange.Tests;

/// <summary>What an exchange can be told.</summary>
public sealed class OptionTests
{
    public static TheoryData<string, ExchangeOptions> Wrong => new()
    {
        { "Cluster", new ExchangeOptions { Cluster = "" } },
        { "Bind", new ExchangeOptions { Bind = "localhost" } },
        { "Ports", new ExchangeOptions { Ports = [] } },
        { "Ports", new ExchangeOptions { Ports = ["65536"] } },
        { "AdvertisedPort", new ExchangeOptions { AdvertisedPort = -1 } },
        { "MaxFrameBytes", new ExchangeOptions { MaxFrameBytes = 100 } },
        { "MaxStrangers", new ExchangeOptions { MaxStrangers = 0 } },
        { "Heartbeat", new ExchangeOptions { Heartbeat = TimeSpan.Zero } },
        { "SilenceLimit", new ExchangeOptions { SilenceLimit = TimeSpan.FromMilliseconds(999) } },
        { "HelloTimeout", new ExchangeOptions { HelloTimeout = TimeSpan.FromDays(1) } },
        { "ConnectTimeout", new ExchangeOptions { ConnectTimeout = TimeSpan.Zero } },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void A_wrong_option_is_named(string setting, ExchangeOptions options) =>
        Assert.Equal(setting, Assert.Throws<SettingException>(options.Validate).Setting);

    [Fact]
    public async Task The_first_free_port_is_taken_and_none_is_an_error_with_the_ports()
    {
        await using ExchangeNode first = new("a");
        string taken = $"{first.Channels.ListeningPort}";
        await using ExchangeNode second = new("b", new ExchangeOptions { Ports = [taken, "0"] });
        Assert.NotEqual(first.Channels.ListeningPort, second.Channels.ListeningPort);
        SettingException none = Assert.Throws<SettingException>(() => new ExchangeNode("c", new ExchangeOptions { Ports = [taken] }));
        Assert.Contains(taken, none.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_gets_its_channels_from_the_configuration()
    {
        Dictionary<string, string?> settings = new()
        {
            ["QueryStream:Worker:Name"] = "w-1",
            ["QueryStream:Exchange:Host"] = "w-1.example",
            ["QueryStream:Exchange:Ports"] = "0",
            ["QueryStream:Exchange:SilenceLimit"] = "5s",
        };
        await using ServiceProvider services = new ServiceCollection()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(settings).Build())
            .AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance)
            .AddSingleton(TimeProvider.System)
            .AddQueryStreamWorker()
            .AddQueryStreamExchange()
            .BuildServiceProvider();

        ITaskChannels channels = services.GetRequiredService<ITaskChannels>();

        Assert.Same(services.GetRequiredService<TcpChannels>(), channels);
        Assert.Equal("w-1.example", channels.Address!.Host);
    }
}
