#!/usr/bin/env escript
%% Erlang: gen_tcp, a process per connection; the runtime's own decoder ({packet, http_bin}) splits the requests.
%% BENCH_WORKERS limits the schedulers; the runtime waits for sockets in a separate thread.
-mode(compile).

main([]) ->
    %% The default handler shuts the runtime down gracefully, which takes longer.
    os:set_signal(sigterm, default),
    erlang:system_flag(schedulers_online,
                       min(number("BENCH_WORKERS", "1"), erlang:system_info(schedulers))),
    {ok, Address} = inet:parse_address(os:getenv("BENCH_HOST", "127.0.0.1")),
    {ok, Listener} = gen_tcp:listen(number("BENCH_PORT", "8080"),
                                    [binary, {packet, http_bin}, {active, false}, {reuseaddr, true},
                                     {ip, Address}, {backlog, number("BENCH_BACKLOG", "128")}]),
    spawn(fun() -> accept(Listener) end),
    timer:sleep(infinity).

number(Name, Default) ->
    list_to_integer(os:getenv(Name, Default)).

%% The process that accepts a connection also serves it, and a new process takes over accepting.
%% So each socket belongs to its process from the start and is closed with it.
accept(Listener) ->
    case gen_tcp:accept(Listener) of
        {ok, Socket} ->
            spawn(fun() -> accept(Listener) end),
            serve(Socket);
        {error, _} ->
            timer:sleep(10),  % out of descriptors, for example
            accept(Listener)
    end.

serve(Socket) ->
    case inet:peername(Socket) of
        {ok, {Address, _}} -> serve(Socket, inet:ntoa(Address));
        {error, _} -> gen_tcp:close(Socket)
    end.

%% Serves one connection until it closes.
serve(Socket, Client) ->
    case request(Socket) of
        {ok, Method, Path, KeepAlive} ->
            io:put_chars(standard_error, [Client, $\n]),
            case gen_tcp:send(Socket, response(page(Method, Path), KeepAlive)) of
                ok when KeepAlive -> serve(Socket, Client);
                _ -> gen_tcp:close(Socket)
            end;
        closed ->
            gen_tcp:close(Socket)
    end.

request(Socket) ->
    case gen_tcp:recv(Socket, 0) of
        {ok, {http_request, Method, {abs_path, Path}, Version}} ->
            case headers(Socket, Version =:= {1, 1}) of
                closed -> closed;
                KeepAlive -> {ok, Method, Path, KeepAlive}
            end;
        _ ->
            closed
    end.

headers(Socket, KeepAlive) ->
    case gen_tcp:recv(Socket, 0) of
        {ok, {http_header, _, 'Connection', _, Value}} ->
            headers(Socket, KeepAlive andalso not string:equal(Value, "close", true));
        {ok, {http_header, _, _, _, _}} -> headers(Socket, KeepAlive);
        {ok, http_eoh} -> KeepAlive;
        _ -> closed
    end.

page('GET', <<"/">>) ->
    <<"<p>Hello, World! <a href=\"/0\">start</a>\n">>;
page('GET', <<"/", Digit, Digits/binary>>) when Digit >= $0, Digit =< $9, byte_size(Digits) < 10 ->
    try binary_to_integer(<<Digit, Digits/binary>>) of
        N when N < 1 bsl 32 ->
            %% A linear congruential generator of full period: the links visit all 2^32 pages.
            Next = integer_to_binary((1664525 * N + 1013904223) band 16#ffffffff),
            <<"<a href=\"/", Next/binary, "\">", Next/binary, "</a>\n">>;
        _ ->
            not_found
    catch
        error:badarg -> not_found
    end;
page(_, _) ->
    not_found.

response(not_found, KeepAlive) -> response(<<"404 Not Found">>, <<>>, KeepAlive);
response(Body, KeepAlive) -> response(<<"200 OK">>, Body, KeepAlive).

response(Status, Body, KeepAlive) ->
    Connection = case KeepAlive of true -> <<>>; false -> <<"Connection: close\r\n">> end,
    [<<"HTTP/1.1 ">>, Status, <<"\r\nContent-Type: text/html\r\nContent-Length: ">>,
     integer_to_binary(byte_size(Body)), <<"\r\n">>, Connection, <<"\r\n">>, Body].
