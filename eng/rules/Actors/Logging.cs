using Microsoft.Extensions.Logging;

namespace QueryStream.Rules.Actors;

internal sealed class Logging
{
    public static void Slow(ILogger logger) => logger.LogInformation("Started."); // CA1848

    public static void Vary(ILogger logger, string text) => logger.Log(LogLevel.Information, text, []); // CA1848, CA2254

#pragma warning disable CA1848 // stands in the way of the rule below
    public static void Miscount(ILogger logger) => logger.LogInformation("{One} {Two}", 1); // CA2017
#pragma warning restore CA1848
}
