using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using QueryStream.Web.Access;
using Scalar.AspNetCore;

namespace QueryStream.Web;

/// <summary>
/// The page that shows the description of REST, and tries it out: Scalar, whose script comes from its assembly. All that it would ask other hosts for
/// is off.
/// </summary>
internal static class OpenApiPage
{
    private const int NonceBytes = 16;

    public static void Map(IEndpointRouteBuilder endpoints) => endpoints.MapScalarApiReference(WebPaths.OpenApi, Configure);

    private static void Configure(ScalarOptions options, HttpContext context)
    {
        // The page begins with a script in it.
        string nonce = Convert.ToBase64String(RandomNumberGenerator.GetBytes(NonceBytes));
        ContentSecurity.Allow(context.Response.Headers, nonce);
        options.WithTitle("REST API – QueryStream")
            .WithNonce(nonce)
            .WithOpenApiRoutePattern($"{WebPaths.OpenApi}/v1.json")
            .DisableDefaultFonts()
            .HideClientButton()
            .HideDeveloperTools()
            .DisableAgent()
            .DisableMcp()
            .DisableTelemetry();
    }
}
