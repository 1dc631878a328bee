using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace QueryStream.Local.Tests;

/// <summary>A local cluster with its defaults and no log.</summary>
internal static class QuietCluster
{
    public static ServiceProvider Start() => new ServiceCollection()
        .AddSingleton<IConfiguration>(new ConfigurationBuilder().Build())
        .AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance)
        .AddSingleton(typeof(ILogger<>), typeof(Logger<>))
        .AddQueryStreamLocalCluster()
        .BuildServiceProvider();
}
