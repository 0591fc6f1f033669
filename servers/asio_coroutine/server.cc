/*
 * Boost.Asio: a C++20 coroutine a connection (awaitable<>, co_spawn), HTTP by hand with async_read_until() and async_write().
 */
#include <iostream>
#include <string>
#include <utility>	// before Asio, which forgets it in Boost 1.74

#include <boost/asio.hpp>

#include "../common/bench.h"

namespace asio = boost::asio;
using asio::ip::tcp;

/* Serves one connection until it closes. */
static asio::awaitable<void> serve(tcp::socket socket)
{
	try {
		const std::string address = socket.remote_endpoint().address().to_string();
		std::string input;
		bench_request request;
		do {
			co_await asio::async_read_until(socket, asio::dynamic_buffer(input, BENCH_REQUEST_MAX),
							"\r\n\r\n", asio::use_awaitable);
			const int bytes = bench_request_read(&request, input.data(), input.size());
			if (bytes <= 0)
				co_return;
			bench_log(address.c_str());
			char response[BENCH_RESPONSE_MAX];
			const int response_bytes = bench_response(&request, response);
			co_await asio::async_write(socket, asio::buffer(response, response_bytes), asio::use_awaitable);
			input.erase(0, bytes);
		} while (request.keep_alive);
	} catch (const boost::system::system_error &) {
		/* The client has closed, or reset, or asked too long a request. */
	}
}

static asio::awaitable<void> accept_all(tcp::acceptor acceptor)
{
	for (;;) {
		boost::system::error_code error;
		tcp::socket socket = co_await acceptor.async_accept(
			asio::redirect_error(asio::use_awaitable, error));
		if (!error)
			asio::co_spawn(acceptor.get_executor(), serve(std::move(socket)), asio::detached);
	}
}

int main()
{
	try {
		asio::io_context context(1);	/* 1: only one thread runs it */
		const tcp::endpoint endpoint(asio::ip::make_address(bench_host()),
					     static_cast<unsigned short>(bench_port()));
		tcp::acceptor acceptor(context, endpoint.protocol());
		acceptor.set_option(tcp::acceptor::reuse_address(true));
		acceptor.bind(endpoint);
		acceptor.listen(bench_backlog());
		asio::co_spawn(context, accept_all(std::move(acceptor)), asio::detached);
		context.run();
	} catch (const std::exception &error) {
		std::cerr << "asio_coroutine: " << error.what() << '\n';
		return 1;
	}
}
